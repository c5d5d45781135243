"""Stage 3: defects."""


class Log:
    def __init__(self, without=frozenset()):
        self.without, self.done, self.counts = without, [], {}


def apply(holding, log, seed):
    pass
