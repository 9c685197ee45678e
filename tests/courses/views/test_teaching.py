import pytest
from django.urls import reverse

from courses.models import Enrolment, Group

GROUPS = reverse("courses:groups", kwargs={"course": "tiny"})


@pytest.fixture
def spring(course) -> Group:
    return Group.objects.create(course=course, name="Spring", starts_on=course.starts_on)


@pytest.fixture
def instructor_client(client, instructor):
    client.force_login(instructor)
    return client


def test_an_instructor_sees_the_courses_they_teach(instructor_client, learner, spring):
    html = instructor_client.get(reverse("courses:teaching")).text
    assert "1 learner," in html
    assert "1 class\n" in html


def test_whoever_teaches_nothing_is_told(learner_client):
    assert "You are not teaching any courses." in learner_client.get(reverse("courses:teaching")).text


def test_an_instructor_begins_a_class(instructor_client, course):
    response = instructor_client.post(GROUPS, {"name": "Autumn", "starts_on": "2026-09-07"}, follow=True)
    assert "The class Autumn is open for enrolment." in response.text
    assert list(course.groups.values_list("name", flat=True)) == ["Autumn"]


def test_a_class_of_a_name_that_is_taken_is_refused(instructor_client, course, spring):
    response = instructor_client.post(GROUPS, {"name": "Spring", "starts_on": "2026-09-07"})
    assert response.context["form"].errors
    assert course.groups.count() == 1


def test_learners_in_no_class_are_counted(instructor_client, learner):
    assert "1 learner is not in any class." in instructor_client.get(GROUPS).text


def test_an_instructor_sees_who_is_in_a_class(instructor_client, learner, spring):
    url = reverse("courses:group", kwargs={"course": "tiny", "group": spring.pk})
    assert "No learners are in this class yet." in instructor_client.get(url).text
    Enrolment.objects.update(group=spring)
    assert "Lea Lund" in instructor_client.get(url).text


def test_the_operator_sees_the_classes_of_every_course(admin_client, course):
    assert admin_client.get(GROUPS).status_code == 200


def test_a_learner_finds_no_classes(learner_client, spring):
    group = reverse("courses:group", kwargs={"course": "tiny", "group": spring.pk})
    assert [learner_client.get(url).status_code for url in (GROUPS, group)] == [404, 404]


def test_a_visitor_is_led_to_log_in(client, course):
    assert client.get(GROUPS).url.startswith(reverse("courses:log_in"))


def test_a_class_of_simulated_learners_is_called_so(instructor_client, course, spring):
    pages = [GROUPS, spring_page(spring)]
    assert not any("simulated" in instructor_client.get(page).text for page in pages)
    course.has_simulated_learners = True
    course.save()
    assert all("simulated" in instructor_client.get(page).text for page in pages)


def spring_page(group: Group) -> str:
    return reverse("courses:group", kwargs={"course": "tiny", "group": group.pk})
