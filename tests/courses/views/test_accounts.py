from django.contrib.auth.models import User
from django.urls import reverse


def test_whoever_signs_up_is_logged_in_and_goes_where_they_wanted(client, course):
    page = client.get(reverse("courses:sign_up"), {"next": course.get_absolute_url()})
    form = {"username": "new", "password1": "a long enough one", "password2": "a long enough one"}
    response = client.post(
        reverse("courses:sign_up"), form | {"next": page.context["view"].get_redirect_url()}, follow=True
    )
    assert response.redirect_chain == [(course.get_absolute_url(), 302)]
    assert response.wsgi_request.user == User.objects.get(username="new")


def test_signing_up_leads_to_no_other_site(client, db):
    form = {"username": "new", "password1": "a long enough one", "password2": "a long enough one"}
    response = client.post(reverse("courses:sign_up"), form | {"next": "https://elsewhere.example/"})
    assert response.url == reverse("courses:home")


def test_a_sign_up_that_cannot_be_is_explained(client, db):
    response = client.post(
        reverse("courses:sign_up"), {"username": "new", "password1": "a", "password2": "b"}
    )
    assert "password2" in response.context["form"].errors
    assert not User.objects.exists()


def test_logging_in_returns_to_the_page_that_asked(client, learner, course):
    learner.set_password("demo")
    learner.save()
    form = {"username": "lea", "password": "demo", "next": course.get_absolute_url()}
    assert client.post(reverse("courses:log_in"), form).url == course.get_absolute_url()


def test_logging_out_leads_home(learner_client):
    response = learner_client.post(reverse("courses:log_out"))
    assert response.url == reverse("courses:home")
    assert "_auth_user_id" not in learner_client.session
