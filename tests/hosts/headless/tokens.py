from django.contrib.auth.models import User
from django.core import signing
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request


class SignedToken(BaseAuthentication):
    """A token that says who it was given to, as a JWT does."""

    def authenticate(self, request: Request) -> tuple[User, str] | None:
        scheme, _, token = get_authorization_header(request).decode().partition(" ")
        if scheme != "Bearer":
            return None
        try:
            return User.objects.get(pk=signing.loads(token)), token
        except signing.BadSignature as error:
            raise AuthenticationFailed from error

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
