"""The addresses of the vault."""

from django.urls import path

from waywatch.vault.web import keyrings, keys, requests

urlpatterns = [
    path("", keys.overview, name="vault"),
    path("unlock/", keys.unlock, name="vault_unlock"),
    path("lock/", keys.lock, name="vault_lock"),
    path("set-up/", keys.set_up, name="vault_set_up"),
    path("passphrase/", keys.change_passphrase, name="vault_passphrase"),
    path("recover/", keys.recover, name="vault_recover"),
    path("replace/", keys.replace, name="vault_replace"),
    path("keyrings/new/", keyrings.keyring_new, name="vault_keyring_new"),
    path("keyrings/<uuid:keyring_id>/", keyrings.keyring, name="vault_keyring"),
    path("keyrings/<uuid:keyring_id>/edit/", keyrings.keyring_edit, name="vault_keyring_edit"),
    path("keyrings/<uuid:keyring_id>/first-key/", keyrings.first_key, name="vault_first_key"),
    path("keyrings/<uuid:keyring_id>/new-key/", keyrings.rotate, name="vault_rotate"),
    path("keyrings/<uuid:keyring_id>/versions/<int:number>/destroy/", keyrings.destroy, name="vault_destroy"),
    path("keyrings/<uuid:keyring_id>/members/add/", keyrings.add_member, name="vault_add_member"),
    path(
        "keyrings/<uuid:keyring_id>/members/<uuid:account_id>/remove/",
        keyrings.remove_member,
        name="vault_remove_member",
    ),
    path("keyrings/<uuid:keyring_id>/members/<uuid:account_id>/keeper/", keyrings.keeper, name="vault_keeper"),
    path("keyrings/<uuid:keyring_id>/leave/", keyrings.leave, name="vault_leave"),
    path("keyrings/<uuid:keyring_id>/ask/", requests.ask_reseal, name="vault_ask_reseal"),
    path("requests/<uuid:request_id>/", requests.show, name="vault_request"),
    path("requests/<uuid:request_id>/confirm/", requests.confirm, name="vault_confirm"),
    path("requests/<uuid:request_id>/approve/", requests.approve, name="vault_approve"),
    path("requests/<uuid:request_id>/withdraw/", requests.withdraw, name="vault_withdraw"),
]
