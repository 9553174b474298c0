#include "event.h"

#include "base/err.h"

static const char *const names[EV_KINDS] = {
	[EV_OPEN] = "open", [EV_CLOSE] = "close", [EV_PHASE] = "phase", [EV_COMMAND] = "command",
	[EV_REPLY] = "reply", [EV_AUTH] = "auth", [EV_TLS] = "tls", [EV_PROXY] = "proxy",
	[EV_MAIL_BEGIN] = "mail-begin", [EV_MAIL_BYTES] = "mail-bytes", [EV_MAIL_END] = "mail-end",
	[EV_MAIL_DONE] = "mail-done", [EV_HEADER] = "header",
	[EV_PART_BEGIN] = "part-begin", [EV_PART_BYTES] = "part-bytes", [EV_PART_TEXT] = "part-text",
	[EV_PART_FACT] = "part-fact", [EV_PART_MEMBER] = "part-member", [EV_PART_END] = "part-end",
	[EV_URL] = "url", [EV_GAP] = "gap",
	[EV_ANOMALY] = "finding", [EV_PACKET] = "packet",
};

static const char *const statuses[] = {
	[MAIL_ACCEPTED] = "accepted", [MAIL_REJECTED] = "rejected", [MAIL_REFUSED] = "refused",
	[MAIL_ABORTED] = "aborted", [MAIL_UNANSWERED] = "unanswered", [MAIL_UNKNOWN] = "unknown",
	[MAIL_INCOMPLETE] = "incomplete",
};

static const char *const kinds[] = {
	[PART_LEAF] = "leaf", [PART_MULTIPART] = "multipart", [PART_MESSAGE] = "message", [PART_UNPACKED] = "unpacked",
};

const char *
event_name(enum ev_kind kind)
{
	CHECK(kind < EV_KINDS);
	return names[kind];
}

const char *
mail_status_name(enum mail_status status)
{
	return statuses[status];
}

const char *
part_kind_name(enum part_kind kind)
{
	return kinds[kind];
}
