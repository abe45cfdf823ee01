// What the server tells of units, incidents and hospitals; only what changed comes (`/live/map`).

import { project } from './outlines.js';

/** A position is old after so many milliseconds, a unit silent, a report of a hospital old (design/web.md §5, §9). */
export const POSITION_OLD = 60e3, SILENT = 180e3, REPORT_OLD = 120 * 60e3;

export class World {
  units = []; hospitals = []; cases = []; ahead = 0; heard = Date.now(); told = 0;

  now() { return Date.now() + this.ahead; }
  isSilent(unit) { return unit.heard === null || this.now() - unit.heard >= SILENT; }
  isOld(unit) { return unit.at === null || this.now() - unit.at >= POSITION_OLD; }
  /** A unit that works and is not heard needs a human: it is never merged and never covered. */
  isAlarm(unit) { return unit.mark !== '待' && this.isSilent(unit); }

  follow(address, changed) {
    const source = new EventSource(address);
    const rows = (name, take) => source.addEventListener(name, (event) => { JSON.parse(event.data).forEach(take); changed(); });
    rows('units', ([n, id, callsign, from]) => { this.units[n] = { id, callsign, from, mark: '待', at: null, heard: null }; });
    rows('moved', ([n, mark, lat, lon, at, heard, work]) => {
      const unit = this.units[n];
      if (!unit) return;
      // Never ahead of the data: a marker stands where it was seen last.
      Object.assign(unit, { mark, at, heard, work }, lat === null ? {} : project(lat, lon));
      if (at !== null) this.told = Math.max(this.told, at);
    });
    rows('hospitals', ([n, name, lat, lon, tertiary, state, at]) => {
      this.hospitals[n] = { name, tertiary, state, at, ...project(lat, lon) };
    });
    source.addEventListener('cases', (event) => {
      this.cases = JSON.parse(event.data).map(([id, name, lat, lon, triage, trouble, since]) =>
        ({ id, name, triage, trouble, since, ...project(lat, lon) }));
      changed();
    });
    source.addEventListener('now', (event) => { this.heard = Date.now(); this.ahead = Number(event.data) - this.heard; changed(); });
    source.addEventListener('signed-out', () => source.close());
    // A new connection numbers the units anew.
    source.addEventListener('error', () => { this.lost = true; });
    source.addEventListener('open', () => { if (this.lost) { this.units = []; this.lost = false; } });
  }
}
