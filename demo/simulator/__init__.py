"""The smart-venue platform as it would be: its two feeds over HTTP, produced as time passes.

- `shape`     how many people, by venue and minute: the demonstration's own hours, split
- `faults`    what the platform says of it, and when: stuck, silent, late, twice, corrected
- `platform`  answers to the two endpoints at a moment
- `ledger`    the platform's own book of what it has said so far
- `server`    the process

Everything is a function of the seed and the day, so a restart goes on as if there had been none.
"""
