"""Change requests (变更申请): their life, who may what, their page."""
