"""The live feed of the smart-venue platform (场馆智能化平台实时客流): people by venue and minute.

Operational data beside the base: kept some days, never a record, never scored.
Modules, each function given who asks:

- `tables`     the tables live_*, migration 0007
- `messages`   what a message is; which of two about one minute counts
- `take`       messages in: exactly once, whatever their order
- `fold`       what follows from the minutes: hours, newest minute, a venue's day so far
- `totals`     venues added up by district and newest minute: what a page reads whatever their number
- `read`       what pages show: now, a venue's minutes and hours, pulls
- `lately`     alerts and differences from the record: only so many, and how many there are
- `health`     the state of each feed, and of all of them from the sums; `worst` names the gravest
- `alerts`     crowding: raised, fallen, acknowledged
- `reconcile`  live hours beside recorded readings, each hour
- `prune`      what is older than the days kept
"""
