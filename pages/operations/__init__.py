"""运行: who may come in, and what was done."""
