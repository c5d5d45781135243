"""Stage 5: what changes from one night to the next."""


def turn(ward, holdings, log, night, hold):
    pass
