import pytest


@pytest.fixture(autouse=True)
def course(school):
    school.course("c", lessons=["a", "b"], quizzes=["q"])
    return school
