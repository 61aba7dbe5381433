"""Demonstration data: three years of simulated deliveries through the real intake (演示数据).

`demo.build.build` fills a base. Who makes its files needs no database, and is started
before anything of it is read in (`demo.ahead`): nothing is imported here.
"""
