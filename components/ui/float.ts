/** The look of everything that floats: menus, lists, popovers. */
export const floatClass =
  "rounded-md bg-float p-1 text-fg shadow-float outline-none transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0";

/** One line of a menu or list. */
export const itemClass =
  "relative flex min-h-7 cursor-default select-none items-center gap-2 rounded px-2 py-1 text-base outline-none data-highlighted:bg-hover data-disabled:text-fg-subtle [&_svg]:size-3.5 [&_svg]:shrink-0";
