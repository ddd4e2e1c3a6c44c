"""A person at the pages of another data folder than the test's own: DATA_DIR says which.

In: lines "GET path" or "POST path" on stdin. Out: for each a JSON line with the status, the
messages and the words of the page that was come to.
"""

import json
import sys

import django


def main() -> None:
    django.setup()
    from django.contrib.auth.models import User
    from django.test import Client
    from django.test.utils import setup_test_environment

    from tests.badinput.seen import text

    setup_test_environment()
    client = Client()
    client.force_login(User.objects.create(username="anna", is_staff=True, is_superuser=True))
    print(json.dumps({}), flush=True)
    for asked in sys.stdin:
        method, path = asked.split()
        answer = getattr(client, method.lower())(path, follow=True)
        messages = [str(m) for m in answer.context["messages"]]
        words = {"status": answer.status_code, "messages": messages, "text": text(answer.content)}
        print(json.dumps(words), flush=True)


if __name__ == "__main__":
    main()
