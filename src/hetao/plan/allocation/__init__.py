"""The family of allocation rules: one break-down rule a file, each a `hetao.plan.rule.AllocationRule`."""
