"""What a person does about each kind of operator error: in the console as it stands, on the command line with the
command that helps."""

from __future__ import annotations

from typing import NamedTuple


class Advice(NamedTuple):
    """`do`: one or two sentences. `command`: what `frontdesk` has for it; empty: nothing."""

    do: str
    command: str = ""

    def typed(self) -> str:
        """With the command, for who reads it in a terminal."""
        return f"{self.do} ({self.command})" if self.command else self.do


_DECIDE = "frontdesk decide, below"

WHAT_TO_DO = {
    "booking_change_wanted": Advice("Change or cancel it in the booking system and tell the customer."),
    "booking_url": Advice("Set the business's booking address in its settings.", "frontdesk settings set"),
    "cancellation_open": Advice("Cancel the order in the booking system, then say so.", _DECIDE),
    "cancelled_too_late": Advice("Compare the booking with the order in the booking system."),
    "change_open": Advice("Move the order in the booking system, or not; then say which.", _DECIDE),
    "change_outcome_unknown": Advice("Look for it in the booking system, then say what you found.", _DECIDE),
    "desk_act_not_done": Advice(
        "Look at the booking as it stands now and do it again if it is still wanted."
    ),
    "delivery_failed": Advice("Look the code up at the channel; if it repeats, check the account."),
    "escalation_waiting": Advice(
        "Answer the customer, or close the request if it is settled.", "frontdesk escalations"
    ),
    "external_booking_unmatched": Advice(
        "Look the booking up on the business's page and mark its handoff by hand.",
        "frontdesk handoffs complete",
    ),
    "form": Advice(
        "A question of the form names a service that is not in the catalog (service_up_to): correct either."
    ),
    "human_requested": Advice("Answer the customer.", "frontdesk escalations"),
    "llm_account": Advice("Look at the provider's billing and keys; until then the rules answer alone."),
    "llm_budget_spent": Advice("Raise the day's budget, or leave it.", "frontdesk llm cost"),
    "mail_address_dead": Advice(
        "Ask the customer for another address, if it matters; nothing more is sent to this one."
    ),
    "mail_blocked": Advice("See the reason; outbound.allow and mail.only_domains say who may get mail."),
    "mail_failed": Advice(
        "See the reason. The booking stands; the customer was told in the chat.", "frontdesk doctor"
    ),
    "mail_outcome_unknown": Advice("Look the mail up at the mail service; send it by hand if it is missing."),
    "message_quarantined": Advice("Read the conversation and answer the customer yourself."),
    "mirror_failed": Advice("Put it right in ShopMonkey by hand; the booking itself stands."),
    "moved_and_cancelled": Advice("Ask the customer which was meant; cancel the new booking if it was that."),
    "moved_twice_there": Advice("Cancel the old order in the booking system, then say so.", _DECIDE),
    "not_understood": Advice("Read the conversation; the customer may need a person."),
    "order_answer_late": Advice("Check the booking against the order in the booking system."),
    "order_not_placed": Advice("Place it in the booking system, or not; then say which.", _DECIDE),
    "order_not_recordable": Advice("Compare order and booking, then say what stands.", _DECIDE),
    "order_outcome_unknown": Advice("Look for it in the booking system, then say what you found.", _DECIDE),
    "order_refused": Advice("See the reason; the customer was told and may choose anew."),
    "paid_after_cancel": Advice("Refund the payment where it was made."),
    "paid_twice": Advice("Refund one of the two payments at the payment provider."),
    "payment_amount_differs": Advice("Compare the payment with the order and settle it with the customer."),
    "payment_link_failed": Advice(
        "See the reason. The booking stands; settle the payment yourself.", "frontdesk payments list"
    ),
    "payment_link_not_closed": Advice("Close the link at the payment provider."),
    "payment_mismatch": Advice(
        "Compare the payment with the booking and settle it.", "frontdesk payments settle"
    ),
    "payment_not_known": Advice("Look the payment up where it is made."),
    "payment_unmatched": Advice(
        "Look the payment up at the payment provider and settle it with the customer."
    ),
    "refund_due": Advice("Settle the payment with the customer."),
    "result_not_told": Advice("Tell the customer in another way, if it matters."),
    "running_late": Advice("Keep the place, or write to the customer if it can't be kept."),
    "safety_crisis": Advice("Read the conversation now.", "frontdesk escalations"),
    "safety_emergency": Advice("Read the conversation now.", "frontdesk escalations"),
    "send_blocked": Advice("See the reason; outside 24 hours the customer must write first."),
    "send_failed": Advice("Check the channel account.", "frontdesk doctor"),
    "send_outcome_unknown": Advice("Read the conversation; write again if the reply is missing."),
    "sync_failed": Advice(
        "Check the booking system's account, then sync again.", "frontdesk doctor, frontdesk sync"
    ),
    "sync_refused": Advice(
        "Compare with the booking system; if that is right, sync by force.", "frontdesk sync KEY --force"
    ),
    "unrouted_webhook": Advice("Set the account up, or remove its webhook at the provider."),
}
OTHERWISE = Advice("Read the conversation.")


def advice_for(kind: str) -> Advice:
    return WHAT_TO_DO.get(kind, OTHERWISE)
