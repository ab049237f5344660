/** Controls in a row: on a phone they are swiped through, edge to edge, instead of taking line after line. */
export const scrollRowClass =
  "max-sm:-mx-4 max-sm:flex max-sm:w-[calc(100%+2rem)] max-sm:flex-nowrap max-sm:items-center max-sm:*:shrink-0 max-sm:gap-2 max-sm:overflow-x-auto max-sm:px-4 max-sm:py-0.5 max-sm:[scrollbar-width:none]";
