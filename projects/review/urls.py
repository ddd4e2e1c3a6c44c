"""Addresses below /review/. The first part is the link's token."""

from django.urls import path

from projects.review import logs, views

logs.hide_tokens()

app_name = "review"
urlpatterns = [
    path("<str:token>/", views.overview, name="overview"),
    path("<str:token>/records/", views.records, name="records"),
    path("<str:token>/records/<int:pk>/", views.record, name="record"),
    path("<str:token>/handover/", views.handover, name="handover"),
    path("<str:token>/sign/", views.sign, name="sign"),
]
