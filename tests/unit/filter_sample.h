/* Records to ask filters about: a session, and in it a message for three recipients with parts, links, findings. */
#ifndef FILTER_SAMPLE_H
#define FILTER_SAMPLE_H

#include "record/record.h"

#define AT(seconds)  (1795285741 * NSTIME_S + (nstime)((seconds) * 1e9))	/* 2026-11-21T18:29:01Z */

static const struct pair sample_mail_parameter[] = { { SLICE("SIZE"), SLICE("3412") }, { SLICE("SMTPUTF8"), { NULL, 0 } } };
static const struct pair sample_rcpt_parameter[] = { { SLICE("NOTIFY"), SLICE("NEVER") } };
static const struct rec_recipient sample_recipient[] = {
	{ .address = SLICE("bob@example.net"), .reply = { 250, SLICE("2.1.5"), SLICE("Ok") }, .accepted = true, .wait = NSTIME_MS },
	{ .address = SLICE("nobody@example.net"), .reply = { 550, SLICE("5.1.1"), SLICE("User unknown") }, .wait = 7 * NSTIME_MS,
	    .parameter = sample_rcpt_parameter, .nparameter = 1 },
	{ .address = SLICE("carol@example.net"), .reply = { 450, SLICE("4.2.0"), SLICE("Greylisted") }, .wait = NSTIME_NONE },
};
static const struct rec_address sample_from[] = { { .name = SLICE("Alice"), .address = SLICE("alice@example.org") } };
static const struct rec_address sample_to[] = {
	{ .name = SLICE("Bob"), .address = SLICE("bob@example.net") }, { .address = SLICE("carol@example.net") },
	{ .group = SLICE("undisclosed-recipients") },
};
static const slice sample_reference[] = { SLICE("<1@example.org>"), SLICE("<2@example.org>") };
static const struct pair sample_header[] = {
	{ SLICE("From"), SLICE("Alice <alice@example.org>") }, { SLICE("X-Spam-Flag"), SLICE("YES") }, { SLICE("X-Spam-Score"), SLICE("9") },
	{ SLICE("SENDER"), SLICE("alice@example.org") },
};
static const struct rec_hop sample_hop[] = {
	{ .from = SLICE("mail.example.org"), .by = SLICE("mx.example.net"), .with = SLICE("ESMTPS"), .time = AT(0), .delay = 2 * NSTIME_S },
	{ .from = SLICE("laptop"), .by = SLICE("mail.example.org"), .with = SLICE("ESMTPSA"), .time = AT(-2), .delay = NSTIME_NONE },
};
static const struct rec_member sample_member[] = { { .name = SLICE("invoice.exe"), .size = 64, .encrypted = true } };
static const struct rec_fact sample_fact[] = { { 1, SLICE("Action"), SLICE("failed") } };
static const struct rec_part sample_part[] = {
	{ .number = 1, .kind = PART_MULTIPART, .path = SLICE(""), .content_type = SLICE("multipart/mixed"), .ended = true },
	{ .number = 2, .path = SLICE("1"), .content_type = SLICE("text/plain"), .charset = SLICE("utf-8"), .ended = true, .size = 123, .whole = true },
	{ .number = 3, .path = SLICE("2"), .content_type = SLICE("application/pdf"), .filename = SLICE("report.pdf"), .disposition = SLICE("attachment"),
	    .detected = "application/zip", .ended = true, .size = 2101, .whole = true, .has_sha256 = true, .sha256 = { 0xab, 0x12 },
	    .member = sample_member, .nmember = 1, .members = 1, .fact = sample_fact, .nfact = 1 },
};
static const struct rec_url sample_url[] = {
	{ .url = SLICE("https://example.com/pay"), .host = SLICE("example.com"), .text = SLICE("https://bank.example"), .part = 2 },
	{ .url = SLICE("mailto:x@example.net"), .host = SLICE(""), .part = 2 },
};
static const struct rec_finding sample_message_finding[] = {
	{ .finding = FINDING_SMTP_RCPT_PERMANENT, .detail = SLICE("nobody@example.net: 550 5.1.1 User unknown"), .time = AT(0.031) },
	{ .finding = FINDING_SMTP_SLOW_REPLY, .time = AT(0.031) },
};
static const struct rec_finding sample_session_finding[] = { { .finding = FINDING_SMTP_AUTH_CLEARTEXT, .time = AT(0.02) } };
static const struct rec_exchange sample_message_exchange[] = {
	{ 3, SLICE("MAIL"), SLICE("FROM:<alice@example.org> SIZE=3412"), true, { 250, SLICE("2.1.0"), SLICE("Ok") }, NSTIME_MS },
	{ 4, SLICE("RCPT"), SLICE("TO:<bob@example.net>"), true, { 250, SLICE("2.1.5"), SLICE("Ok") }, NSTIME_MS },
	{ 5, SLICE("RCPT"), SLICE("TO:<nobody@example.net>"), true, { 550, SLICE("5.1.1"), SLICE("User unknown") }, 7 * NSTIME_MS },
	{ 6, SLICE("DATA"), { NULL, 0 }, true, { 354, { NULL, 0 }, SLICE("End data with <CR><LF>.<CR><LF>") }, 7 * NSTIME_MS },
	{ 7, SLICE("."), { NULL, 0 }, true, { 250, SLICE("2.0.0"), SLICE("Ok: queued as 4F1D2") }, 2400 * NSTIME_MS },
	{ 8, SLICE("BURL"), SLICE("imap://example.net"), false, { 0, { NULL, 0 }, { NULL, 0 } }, NSTIME_NONE },
};
static const struct rec_exchange sample_session_exchange[] = {
	{ 0, { NULL, 0 }, { NULL, 0 }, true, { 220, { NULL, 0 }, SLICE("mx.example.net ESMTP Postfix") }, 21 * NSTIME_MS },
	{ 1, SLICE("EHLO"), SLICE("client.example.org"), true, { 250, { NULL, 0 }, SLICE("mx.example.net PIPELINING") }, NSTIME_MS },
	{ 2, SLICE("AUTH"), { NULL, 0 }, true, { 535, SLICE("5.7.8"), { NULL, 0 } }, NSTIME_MS },
	{ 9, SLICE("QUIT"), { NULL, 0 }, false, { 0, { NULL, 0 }, { NULL, 0 } }, NSTIME_NONE },
};
static const struct rec_auth sample_auth[] = {
	{ .mechanism = SLICE("PLAIN"), .user = SLICE("alice"), .secret = SLICE(""), .accepted = false, .code = 535 },
	{ .mechanism = SLICE("LOGIN"), .user = SLICE("alice@example.org"), .secret = SLICE(""), .accepted = true, .code = 235 },
};
static const slice sample_capability[] = { SLICE("PIPELINING"), SLICE("SIZE 10240000") };

static struct rec_session sample_session = {
	.uid = "000000000000000000000001", .community_id = "1:x", .number = 3, .time = AT(0), .end = AT(12.5), .protocol = "smtp",
	.client = { { 4, { 192, 0, 2, 10 } }, 51234 }, .server = { { 4, { 198, 51, 100, 5 } }, 25 },
	.tcp = { .handshake = NSTIME_MS / 2, .retransmitted = 2, .missing = { 100, 20 }, .vlan = { 7, 42 }, .nvlan = 2 },
	.closed = true, .why = WHY_FIN, .quit = true, .has_greeting = true, .greeting = { 220, { NULL, 0 }, SLICE("mx.example.net ESMTP Postfix") },
	.greeting_host = SLICE("mx.example.net"), .helo_verb = SLICE("EHLO"), .helo_name = SLICE("client.example.org"),
	.capability = sample_capability, .ncapability = 2, .auth = sample_auth, .nauth = 2, .auths = 2,
	.messages = 1, .accepted = 1, .commands = 8, .errors = 3, .exchange = sample_session_exchange, .nexchange = 4,
	.findings = { .v = sample_session_finding, .n = 1, .count = 1, .severity = WARNING },
};

static struct rec_message sample_message = {
	.session = &sample_session, .uid = "000000000000000000000001.1", .index = 1, .mail = 3, .time = AT(0.024), .end = AT(2.45),
	.helo_verb = SLICE("EHLO"), .helo_name = SLICE("client.example.org"), .auth_user = SLICE("alice@example.org"),
	.has_mail_from = true, .mail_from = SLICE("alice@example.org"), .parameter = sample_mail_parameter, .nparameter = 2,
	.mail_reply = { 250, SLICE("2.1.0"), SLICE("Ok") }, .recipient = sample_recipient, .nrecipient = 3, .recipients = 3, .accepted_recipients = 1,
	.transfer = "DATA", .status = MAIL_ACCEPTED, .stage = "data", .reply = { 250, SLICE("2.0.0"), SLICE("Ok: queued as 4F1D2") },
	.queue_id = SLICE("4F1D2"), .has_content = true, .whole = true, .size = 3412, .has_sha256 = true, .sha256 = { 0xde, 0xad },
	.subject = SLICE("\346\265\213\350\257\225 report"), .date = SLICE("Sat, 21 Nov 2026 18:29:00 +0000"), .message_id = SLICE("<3@example.org>"),
	.date_time = AT(-1), .from = sample_from, .nfrom = 1, .to = sample_to, .nto = 3, .reference = sample_reference, .nreference = 2,
	.hop = sample_hop, .nhop = 2, .part = sample_part, .npart = 3, .parts = 3, .attachments = 1, .url = sample_url, .nurl = 2, .urls = 2,
	.header = sample_header, .nheader = 4, .wait_mail = NSTIME_MS, .wait_rcpt = 7 * NSTIME_MS, .wait_data = 7 * NSTIME_MS,
	.content_time = 9 * NSTIME_MS, .wait_accept = 2400 * NSTIME_MS, .exchange = sample_message_exchange, .nexchange = 6,
	.findings = { .v = sample_message_finding, .n = 2, .count = 2, .severity = WARNING },
};

static const struct rec_attempt sample_attempt = {
	.outcome = 0, .client = { 6, { 0x20, 1, 0xd, 0xb8, [15] = 1 } }, .server = { { 6, { 0x20, 1, 0xd, 0xb8, [15] = 2 } }, 25 },
	.count = 3, .first = AT(1), .last = AT(9),
};

#endif
