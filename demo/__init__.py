"""Demonstration data: three years of simulated deliveries through the real intake (演示数据)."""

from demo.build import DemoRefused, DemoReport, build

__all__ = ["DemoRefused", "DemoReport", "build"]
