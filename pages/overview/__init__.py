"""总览: what leaders and units see first."""
