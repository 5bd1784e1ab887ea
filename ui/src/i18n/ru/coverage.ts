/** The banner that tells of pools with too few numbers, in Russian. */
export const coverage = {
  coverage: {
    one: 'Пулу «{{name}}» не хватает номеров:',
    coverage: 'свой номер получают только {{share}} визитов.',
    look: 'Что ему нужно',
    hide: 'Скрыть до следующего раза'
  }
}
