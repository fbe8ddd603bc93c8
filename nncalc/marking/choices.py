"""What the command line offers of a class, for help that loads nothing of what marks it."""

# Which of several attempts counts.
ATTEMPTS = ("last", "best")
# By what a class is counted.
COUNTED = ("student", "line", "problem")
