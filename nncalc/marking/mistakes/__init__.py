"""Named wrong procedures: what students do, and how their numbers come out when they do it."""
