"""Work nobody waits for: the worker process, its timetable, one file per job."""
