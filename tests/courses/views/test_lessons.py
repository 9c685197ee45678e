import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from courses.models import Lesson, LessonCompletion


def url(name: str, lesson: Lesson) -> str:
    module = lesson.module
    return reverse(
        f"courses:{name}", kwargs={"course": module.course.slug, "module": module.slug, "lesson": lesson.slug}
    )


@pytest.fixture
def reading(course) -> Lesson:
    return Lesson.objects.get(slug="reading")


@pytest.fixture
def watching(course) -> Lesson:
    return Lesson.objects.get(slug="watching")


def test_a_lesson_shows_its_text_with_ids_on_headings(learner_client, reading):
    html = learner_client.get(url("lesson", reading)).text
    assert "<strong>this</strong>" in html
    assert '<h2 id="a-part">A part</h2>' in html


def test_a_video_has_captions(learner_client, watching):
    html = learner_client.get(url("lesson", watching)).text
    assert '<source src="/static/courses/content/tiny/talk.webm">' in html
    assert '<track kind="captions" src="/static/courses/content/tiny/talk.vtt" srclang="en"' in html


def test_a_document_can_be_downloaded(learner_client, course):
    html = learner_client.get(url("lesson", Lesson.objects.get(slug="sheet"))).text
    assert 'href="/static/courses/content/tiny/sheet.pdf" download' in html


def test_a_lesson_leads_to_the_steps_around_it(learner_client, reading, watching):
    context = learner_client.get(url("lesson", watching)).context
    assert (context["previous"].unit, context["next"].unit.slug) == (reading, "check")


def test_a_visitor_is_led_to_log_in_and_back(client, reading):
    response = client.get(url("lesson", reading))
    assert response.url == f"{reverse('courses:log_in')}?next={url('lesson', reading)}"


def test_a_stranger_is_led_to_the_course_to_enrol(client, course, reading):
    client.force_login(User.objects.create_user("stranger"))
    response = client.get(url("lesson", reading), follow=True)
    assert response.redirect_chain == [(course.get_absolute_url(), 302)]
    assert "Enrol in this course to open the page." in response.text


@pytest.mark.parametrize("is_superuser", [True, False])
def test_instructors_and_operators_read_without_progress_of_their_own(
    client, instructor, reading, is_superuser
):
    reader = User.objects.create_superuser("otto") if is_superuser else instructor
    client.force_login(reader)
    assert "Mark as done" not in client.get(url("lesson", reading)).text
    assert client.post(url("complete", reading)).url == url("lesson", reading)
    assert not LessonCompletion.objects.exists()


def test_what_is_not_published_is_not_found(learner_client, reading):
    Lesson.objects.update(is_published=False)
    assert learner_client.get(url("lesson", reading)).status_code == 404


def test_a_lesson_of_another_module_is_not_found(learner_client, course):
    assert learner_client.get("/courses/tiny/further/lesson/reading/").status_code == 404


def test_marking_a_lesson_as_done_leads_to_the_next_and_can_be_taken_back(learner_client, reading, watching):
    for _ in range(2):
        assert learner_client.post(url("complete", reading)).url == url("lesson", watching)
    assert LessonCompletion.objects.get().lesson == reading
    assert "You have marked this lesson as done." in learner_client.get(url("lesson", reading)).text
    assert learner_client.post(url("complete", reading), {"undo": "1"}).url == url("lesson", reading)
    assert not LessonCompletion.objects.exists()


def test_a_lesson_is_not_done_by_opening_an_address(learner_client, reading):
    assert learner_client.get(url("complete", reading)).status_code == 405
