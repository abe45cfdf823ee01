// Keys by their place on the keyboard (event code), so that they work whatever the input method does. Every key is printed on
// what it does (`data-key`) and listed at /keys. Links are followed; buttons and fields are chosen, and Enter presses them.

const isField = (e) => e.matches?.('input, select, textarea');
const isSeen = (e) => e.getClientRects().length > 0;

/** ↑ ↓ go through what a list offers; outside of it they begin at its first entry. */
function along(step) {
  const items = [...document.querySelectorAll('[data-list] a.btn, [data-list] button')].filter(isSeen);
  if (items.length === 0) return false;
  const at = items.indexOf(document.activeElement);
  items[at < 0 ? 0 : Math.min(items.length - 1, Math.max(0, at + step))].focus();
  return true;
}

document.addEventListener('keydown', (e) => {
  if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.isComposing) return;
  if (isField(e.target)) {
    if (e.code === 'Escape') e.target.blur();
    if (!e.altKey) return;
  }
  if (!e.altKey && (e.code === 'ArrowUp' || e.code === 'ArrowDown')) {
    if (along(e.code === 'ArrowUp' ? -1 : 1)) e.preventDefault();
    return;
  }
  const wanted = `${e.altKey ? 'Alt+' : ''}${e.shiftKey ? 'Shift+' : ''}${e.code}`;
  // The entry that is chosen comes first; else the first one on the page.
  const all = [...document.querySelectorAll(`[data-key="${wanted}"]`)].filter(isSeen);
  const entry = document.activeElement?.closest('[data-entry]');
  const found = all.find((one) => entry?.contains(one)) ?? all[0];
  if (!found) return;
  e.preventDefault();
  found.focus();
  if (found.matches('a, [data-press]')) found.click();
});
