"""Sentences that scripts show: translated here, handed over as a JSON block by ``{% ui_strings %}``.

Named placeholders in braces are filled by the script.
"""

from django.utils.translation import gettext as _


def script_texts() -> dict[str, str]:
    """Key → sentence in the active language."""
    return {
        "saving": _("Saving …"),
        "saved": _("Saved {time}"),
        "typing": _("Not saved yet"),
        "offline": _("No connection. What you typed is kept on this device and sent when the connection is back."),
        "saveFailed": _("Not saved: {reason} What you typed is kept on this device."),
        "saveInvalid": _("Not saved: please look at the marked field. What you typed is kept on this device."),
        "saveConflict": _("Somebody else changed this item. Your text is kept; compare both below and choose."),
        "saveLimited": _("Too many saves in a short time. The next try is in {seconds} s; nothing is lost."),
        "draftFound": _("Typing from {time} that was not saved was found on this device."),
        "draftOlder": _("The item has been changed since then; look before you take it over."),
        "draftLook": _("What was typed"),
        "draftField": _("{name}:"),
        "draftEmpty": _("(empty)"),
        "draftDropped": _("The typing from {time} has been discarded."),
        "draftUse": _("Take it over"),
        "draftDrop": _("Discard it"),
        "error400": _("The request could not be understood. Nothing was changed. Reload the page and try again."),
        "error401": _("You have been signed out. Nothing was changed. Sign in again; your typing is kept on this device."),
        "error403": _("You may not do this. Nothing was changed. Ask your administrator for the right."),
        "error404": _("This no longer exists or is not visible to you. Nothing was changed. Reload the page."),
        "error409": _("Somebody else was faster. Nothing of yours was lost. Reload and compare."),
        "error413": _("The file is larger than allowed. Nothing was uploaded. Choose a smaller file."),
        "error422": _("Some fields need your attention. Nothing was lost."),
        "error429": _("Too many requests in a short time. Nothing was changed. Wait a minute and try again."),
        "error500": _("Something went wrong on our side. Nothing was changed. Try again; if it stays, tell us the number {id}."),
        "errorOffline": _("No connection to the server. Nothing was changed. Check the network and try again."),
        "errorTimeout": _("The server took too long. Reload the page to see whether the change was made."),
        "confirmTitle": _("Are you sure?"),
        "confirmOk": _("Continue"),
        "close": _("Close this message"),
        "undo": _("Undo"),
        "pasteTitle": _("Paste rows from a spreadsheet"),
        "pasteHelp": _("Copy cells in Excel, WPS or a CSV file and paste them here. Columns in this order: {columns}."),
        "pasteLabel": _("Rows to paste"),
        "pastePreview": _("Preview: {rows} rows"),
        "pasteHead": _("The first row looks like column heads and is left out."),
        "pasteTooMany": _("Only the first {max} rows fit."),
        "pasteColumns": _("{count} cells beyond the last column are left out."),
        "pasteUntaken": _("{count} cells cannot be taken over as they are; they will be named below the table."),
        "pasteLeft": _("These cells were not taken over"),
        "pasteLeftCell": _("row {row}: “{value}”"),
        "pasteLeftJoin": _(", "),
        "pasteLeftHelp": _("Dates are taken with the year first, as 2026-12-31; a list takes its own entries. All else was taken over."),
        "pasteNothing": _("Nothing to add yet."),
        "pasteAdd": _("Add {rows} rows"),
        "pasteAdded": _("{rows} rows added"),
        "cancel": _("Cancel"),
        "chartFailed": _("The chart could not be drawn. The same figures stand in the table."),
    }
