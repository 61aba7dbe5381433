"""Demonstration data: three years of simulated deliveries through the real intake (演示数据).

`demo.build.build` fills a base. Nothing is imported here: who makes the files needs no
more than `demo.ahead` reads in.
"""
