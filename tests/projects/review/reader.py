"""The holder of a review link, as a test drives one."""

import re
from dataclasses import dataclass

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from projects.models import Engagement, ReviewLink, Run, SignOff


@dataclass
class Reader:
    """The holder of a link, with a browser that checks CSRF as a real one is checked."""

    run: Run
    link: ReviewLink
    token: str
    client: Client

    @property
    def engagement(self) -> Engagement:
        return Engagement.objects.get(pk=self.run.engagement_id)

    def address(self, page: str = "overview", *args: object) -> str:
        return reverse(f"review:{page}", args=[self.token, *args])

    def get(self, name: str = "overview", *args: object, **query: object) -> HttpResponse:
        return self.client.get(self.address(name, *args), query)

    def text(self, name: str = "overview", *args: object, **query: object) -> str:
        return self.get(name, *args, **query).content.decode()

    def hidden(self, page: str = "sign", *args: object) -> dict[str, str]:
        """The hidden inputs of a page's form."""
        pattern = r'<input type="hidden" name="(\w+)" value="([^"]*)"'
        return dict(re.findall(pattern, self.text(page, *args)))

    def sign(self, decision: str, **said: object) -> HttpResponse:
        """Open the page, fill it in, send it."""
        form = {"name": "Kim Reed", "ticked": list(SignOff.TICK_POINTS), "decision": decision}
        return self.send({**self.hidden(), **form, **said})

    def send(self, form: dict[str, object], page: str = "sign", *args: object) -> HttpResponse:
        return self.client.post(self.address(page, *args), form)


def reader(run: Run) -> Reader:
    link, token = ReviewLink.issue(run.engagement, "Kim Reed", "staff")
    return Reader(run, link, token, Client(enforce_csrf_checks=True))
