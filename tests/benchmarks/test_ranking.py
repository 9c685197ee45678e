from benchmarks import ranking


def test_the_highest_are_so_many_and_of_equals_the_first():
    assert ranking.is_among_highest([1.0, 2.0, 1.0], 2) == [True, True, False]
