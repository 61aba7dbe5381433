"""汇聚: progress, plans, deliveries, the base database, quality."""
