/* The display filter: words, trees, values, lists, three values, faults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/limits.h"
#include "filter/filter.h"
#include "filter_sample.h"

static struct filter *
compile(const char *text)
{
	struct buf error;
	struct filter *f;

	buf_init(&error, 64 * KiB);
	f = filter_new(slice_of(text), &error);
	if (f == NULL)
		fail_msg("%s: %.*s", text, (int)error.n, (const char *)error.p);
	assert_int_equal(error.n, 0);
	buf_fini(&error);
	return f;
}

static char
letter(enum truth t)
{
	return t == TRUTH_YES ? 'Y' : t == TRUTH_NO ? 'n' : '?';
}

/* Printed and read again it must say the same of everything. */
static void
print_again(const struct filter *f, const struct unit *u)
{
	struct buf once, twice, error;
	struct filter *g;

	buf_init(&once, MiB);
	buf_init(&twice, MiB);
	buf_init(&error, MiB);
	filter_print(f, &once);
	g = filter_new(buf_slice(&once), &error);
	if (g == NULL)
		fail_msg("%.*s: %.*s", (int)once.n, (const char *)once.p, (int)error.n, (const char *)error.p);
	filter_print(g, &twice);
	if (!slice_eq(buf_slice(&once), buf_slice(&twice)))
		fail_msg("%.*s\n%.*s", (int)once.n, (const char *)once.p, (int)twice.n, (const char *)twice.p);
	assert_int_equal(filter_ask(f, u), filter_ask(g, u));
	filter_free(&g);
	buf_fini(&once);
	buf_fini(&twice);
	buf_fini(&error);
}

static void
check(const char *text, const struct unit *u, char want)
{
	struct filter *f = compile(text);
	char got = letter(filter_ask(f, u));

	if (got != want)
		fail_msg("%s: %c, not %c", text, got, want);
	print_again(f, u);
	filter_free(&f);
}

struct expression { const char *text; char whole, open; };	/* whole: the session is over; open: it is not */

static const struct unit message_whole = { .session = &sample_session, .message = &sample_message, .over = true };
static const struct unit message_open = { .session = &sample_session, .message = &sample_message };
static const struct unit session_whole = { .session = &sample_session, .over = true };
static const struct unit session_open = { .session = &sample_session };
static const struct unit attempt = { .attempt = &sample_attempt, .over = true };

static void
check_all(const struct expression *e, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		check(e[i].text, &message_whole, e[i].whole);
		check(e[i].text, &message_open, e[i].open);
	}
}

#define CHECK_ALL(table) check_all(table, sizeof table / sizeof table[0])

/* Each type with each operator, and what is written how. */
static void
test_types(void **state)
{
	static const struct expression table[] = {
		{ "smtp.mail_from == \"alice@example.org\"", 'Y', 'Y' }, { "smtp.mail_from == alice@example.org", 'Y', 'Y' },
		{ "smtp.mail_from eq alice@example.org", 'Y', 'Y' }, { "smtp.mail_from == Alice@example.org", 'n', 'n' },
		{ "smtp.mail_from != alice@example.org", 'n', 'n' }, { "smtp.mail_from ne bob@x", 'Y', 'Y' },
		{ "smtp.mail_from < b", 'Y', 'Y' }, { "smtp.mail_from > b", 'n', 'n' }, { "smtp.mail_from lt b", 'Y', 'Y' },
		{ "smtp.mail_from contains \"example.org\"", 'Y', 'Y' }, { "smtp.mail_from contains Example", 'n', 'n' },
		{ "smtp.mail_from contains \"\"", 'Y', 'Y' }, { "smtp.mail_from contains aa", 'n', 'n' },
		{ "smtp.mail_from matches \"^ALICE@\"", 'Y', 'Y' }, { "smtp.mail_from ~ \"org$\"", 'Y', 'Y' },
		{ "smtp.mail_from matches r\"\\.org$\"", 'Y', 'Y' }, { "smtp.mail_from matches \"\\\\.org$\"", 'Y', 'Y' },
		{ "smtp.mail_from matches \"^a.c\"", 'n', 'n' },
		{ "smtp.mail_from in {\"bob@x\", alice@example.org}", 'Y', 'Y' }, { "smtp.mail_from in {a..b}", 'Y', 'Y' },
		{ "smtp.mail_from not in {alice@example.org}", 'n', 'n' }, { "smtp.mail_from in {b..z}", 'n', 'n' },
		{ "lower(imf.from) contains \"alice <alice\"", 'Y', 'Y' }, { "upper(smtp.mail_from) == ALICE@EXAMPLE.ORG", 'Y', 'Y' },
		{ "len(smtp.mail_from) == 17", 'Y', 'Y' }, { "len(imf.subject) == 9", 'Y', 'Y' }, { "len(smtp.mail_from) in {1..10}", 'n', 'n' },
		{ "imf.subject == \"\346\265\213\350\257\225 report\"", 'Y', 'Y' }, { "imf.subject contains \"\\xe6\\xb5\\x8b\"", 'Y', 'Y' },
		{ "imf.subject matches \"^.. report$\"", 'Y', 'Y' }, { "imf.subject contains \346\265\213", 'Y', 'Y' },
		{ "smtp.size == 3412", 'Y', 'Y' }, { "smtp.size == 0xd54", 'Y', 'Y' }, { "smtp.size > 3k", 'Y', 'Y' }, { "smtp.size >= 1MiB", 'n', 'n' },
		{ "smtp.size <= 3412", 'Y', 'Y' }, { "smtp.size le 3411", 'n', 'n' }, { "smtp.size ge 3413", 'n', 'n' }, { "smtp.size gt -5", 'Y', 'Y' },
		{ "smtp.size in {1, 2, 3000..4000}", 'Y', 'Y' }, { "smtp.size in {1,3412,9}", 'Y', 'Y' }, { "smtp.size in {1..3411}", 'n', 'n' },
		{ "smtp.size == \"3412\"", 'Y', 'Y' }, { "smtp.size != 1", 'Y', 'Y' },
		{ "ip.addr == 192.0.2.10", 'Y', 'Y' }, { "ip.addr == 198.51.100.5", 'Y', 'Y' }, { "ip.src == 198.51.100.5", 'n', 'n' },
		{ "ip.dst == 198.51.100.5", 'Y', 'Y' }, { "ip.src == 192.0.2.0/24", 'Y', 'Y' }, { "ip.src == 192.0.2.128/25", 'n', 'n' },
		{ "ip.addr == 0.0.0.0/0", 'Y', 'Y' }, { "ip.addr != 192.0.2.10", 'n', 'n' }, { "any ip.addr != 192.0.2.10", 'Y', 'Y' },
		{ "ip.addr !== 192.0.2.10", 'Y', 'Y' }, { "!(ip.addr == 192.0.2.10)", 'n', 'n' }, { "ip.addr != 10.0.0.0/8", 'Y', 'Y' },
		{ "all ip.addr == 192.0.2.10", 'n', 'n' }, { "ip.addr === 192.0.0.0/5", 'Y', 'Y' }, { "all ip.addr in {192.0.2.10, 198.51.100.5}", 'Y', 'Y' },
		{ "ip.addr in {10.0.0.0/8, 192.0.2.0/24}", 'Y', 'Y' }, { "ip.src in {192.0.2.9..192.0.2.11}", 'Y', 'Y' },
		{ "ip.src > 192.0.2.9", 'Y', 'Y' }, { "ip.src < 192.0.2.0/24", 'n', 'n' }, { "ip.src <= 192.0.2.0/24", 'Y', 'Y' },
		{ "ipv6.addr == ::/0", 'n', 'n' }, { "ip.addr == 2001:db8::1", 'n', 'n' }, { "client.ip == 192.0.2.10", 'Y', 'Y' }, { "ipv6.addr", 'n', 'n' },
		{ "tcp.port == 25", 'Y', 'Y' }, { "tcp.srcport == 25", 'n', 'n' }, { "tcp.dstport in {25, 587, 465}", 'Y', 'Y' }, { "server.port == 25", 'Y', 'Y' },
		{ "vlan.id == 42", 'Y', 'Y' }, { "vlan.id == 43", 'n', 'n' }, { "session.number == 3", 'Y', 'Y' },
		{ "session.time == \"2026-11-21 18:29:01\"", 'Y', 'Y' }, { "session.time == 2026-11-21T18:29:01Z", 'Y', 'Y' },
		{ "session.time == \"2026-11-21T19:29:01+01:00\"", 'Y', 'Y' }, { "session.time == 1795285741", 'Y', 'Y' },
		{ "frame.time >= 2026-11-21", 'Y', 'Y' }, { "frame.time < 2026-11-21", 'n', 'n' }, { "frame.time == 1795285741.024", 'Y', 'Y' },
		{ "frame.time in {\"2026-11-21 18:00\"..\"2026-11-21 19:00\"}", 'Y', 'Y' }, { "imf.date.time == \"2026-11-21T18:29:00Z\"", 'Y', 'Y' },
		{ "smtp.time.accept == 2.4", 'Y', 'Y' }, { "smtp.time.accept > 2s", 'Y', 'Y' }, { "smtp.time.accept >= 2400ms", 'Y', 'Y' }, { "smtp.time.accept > 1m", 'n', 'n' },
		{ "smtp.time.rcpt == .007", 'Y', 'Y' }, { "message.duration > 2.4", 'Y', 'Y' },
		{ "smtp.null_sender", 'n', 'n' }, { "smtp.null_sender == false", 'Y', 'Y' }, { "smtp.whole == true", 'Y', 'Y' }, { "smtp.whole != 1", 'n', 'n' },
		{ "tls", 'n', 'n' }, { "!tls", 'Y', 'Y' }, { "not tls", 'Y', 'Y' }, { "tls == 0", 'Y', 'Y' }, { "tls != true", 'Y', 'Y' }, { "tls in {true}", 'n', 'n' },
		{ "smtp", 'Y', 'Y' }, { "lmtp", 'n', 'n' }, { "imf", 'Y', 'Y' }, { "mime", 'Y', 'Y' }, { "ip", 'Y', 'Y' }, { "ipv6", 'n', 'n' }, { "tcp", 'Y', 'Y' },
		{ "message.sha256 == DEAD:0000000000000000000000000000000000000000000000000000000000-00", 'Y', 'Y' },
		{ "message.sha256 contains dead", 'Y', 'Y' }, { "message.md5", 'n', 'n' },
		{ "smtp.status == accepted", 'Y', 'Y' }, { "smtp.status == ACCEPTED", 'Y', 'Y' }, { "smtp.status in {rejected, refused}", 'n', 'n' },
		{ "smtp.status contains accept", 'Y', 'Y' }, { "smtp.transfer == data", 'Y', 'Y' }, { "smtp.stage == data", 'Y', 'Y' },
		{ "smtp.queue_id == 4F1D2", 'Y', 'Y' }, { "message.uid contains \"0001.1\"", 'Y', 'Y' }, { "message.index == 1", 'Y', 'Y' }, { "message.reading", 'n', 'n' },
		{ "smtp.helo == CLIENT.example.org", 'Y', 'Y' }, { "smtp.helo.verb == ehlo", 'Y', 'Y' }, { "smtp.helo contains EXAMPLE", 'Y', 'Y' },
		{ "smtp.mail.parameter == \"SIZE=3412\"", 'Y', 'Y' }, { "smtp.mail.parameter == SMTPUTF8", 'Y', 'Y' },
		{ "imf.subject == not", 'n', 'n' }, { "imf.subject != in", 'Y', 'Y' },
	};

	(void)state;
	CHECK_ALL(table);
}

/* Lists: one element for what is joined, all of them for a negation alone. */
static void
test_lists(void **state)
{
	static const struct expression table[] = {
		{ "smtp.rcpt.address == bob@example.net", 'Y', 'Y' }, { "smtp.rcpt_to == dave@example.net", 'n', 'n' },
		{ "smtp.rcpt.address == bob@example.net && smtp.rcpt.code >= 500", 'n', 'n' },
		{ "smtp.rcpt.address == nobody@example.net && smtp.rcpt.code >= 500", 'Y', 'Y' },
		{ "smtp.rcpt.code >= 500 && smtp.size > 1 && smtp.rcpt_to contains nobody", 'Y', 'Y' },
		{ "(smtp.rcpt.code >= 500) && (smtp.size > 1 && smtp.rcpt_to contains bob)", 'n', 'n' },
		{ "smtp.rcpt.address == bob@example.net and smtp.rcpt.code != 250", 'n', 'n' },
		{ "smtp.rcpt.address == bob@example.net and !(smtp.rcpt.code == 250)", 'n', 'n' },
		{ "smtp.rcpt.address contains carol and smtp.rcpt.code != 250", 'Y', 'Y' },
		{ "smtp.rcpt.code != 250", 'n', 'n' }, { "any smtp.rcpt.code != 250", 'Y', 'Y' }, { "!(smtp.rcpt.code == 250)", 'n', 'n' },
		{ "smtp.rcpt.code != 251", 'Y', 'Y' }, { "smtp.rcpt.code != 251 && smtp.rcpt.code != 250", 'n', 'n' },
		{ "all smtp.rcpt.code > 200", 'Y', 'Y' }, { "all smtp.rcpt.code > 300", 'n', 'n' },
		{ "smtp.rcpt.code > 300 || smtp.rcpt.address == x", 'Y', 'Y' },
		{ "smtp.rcpt_to contains bob && (smtp.rcpt.code == 550 || smtp.rcpt.code == 450)", 'n', 'n' },
		{ "smtp.rcpt_to contains carol && (smtp.rcpt.code == 550 || smtp.rcpt.code == 450)", 'Y', 'Y' },
		{ "smtp.rcpt_to contains bob && (smtp.rcpt.code == 550 || tls)", 'n', 'n' },
		{ "smtp.rcpt_to contains bob && (smtp.rcpt.code == 550 || !tls)", 'Y', 'Y' },
		{ "smtp.rcpt_to contains bob && !(smtp.rcpt.code == 250 && !tls)", 'n', 'n' },
		{ "smtp.rcpt_to contains bob && !(smtp.rcpt.code == 250 && tls)", 'Y', 'Y' },
		{ "smtp.rcpt_to contains bob && !(smtp.rcpt.code == 550 || tls)", 'Y', 'Y' },
		{ "smtp.rcpt_to contains bob && !(smtp.rcpt.code == 250 || tls)", 'n', 'n' },
		{ "!(smtp.rcpt_to contains bob && smtp.rcpt.code == 550)", 'Y', 'Y' }, { "!(smtp.rcpt_to contains bob && smtp.rcpt.code == 250)", 'n', 'n' },
		{ "smtp.rcpt.status == refused", 'Y', 'Y' }, { "smtp.rcpt.status == refused && smtp.rcpt_to contains bob", 'n', 'n' },
		{ "smtp.rcpt.accepted && smtp.rcpt_to contains bob", 'Y', 'Y' }, { "!smtp.rcpt.accepted && smtp.rcpt_to contains bob", 'n', 'n' },
		{ "smtp.rcpt.accepted == false && smtp.rcpt.enhanced == 4.2.0", 'Y', 'Y' }, { "smtp.rcpt.text matches unknown", 'Y', 'Y' },
		{ "smtp.rcpt.parameter == \"NOTIFY=NEVER\" && smtp.rcpt.code == 550", 'Y', 'Y' }, { "smtp.rcpt.reply_time > 5ms", 'Y', 'Y' },
		{ "mime.filename == report.pdf", 'Y', 'Y' }, { "mime.filename matches \"\\\\.exe$\"", 'n', 'n' },
		{ "mime.type == application/PDF && mime.detected != application/pdf", 'Y', 'Y' },
		{ "mime.type == text/plain && mime.filename", 'n', 'n' }, { "mime.type == text/plain && mime.size < 200", 'Y', 'Y' },
		{ "mime.sha256 contains ab12 && mime.size == 2101", 'Y', 'Y' }, { "mime.sha256 in {ab12000000000000000000000000000000000000000000000000000000000000}", 'Y', 'Y' },
		{ "mime.kind == multipart", 'Y', 'Y' }, { "mime.kind == multipart && mime.size", 'n', 'n' }, { "mime.path == \"\"", 'n', 'n' },
		{ "url", 'Y', 'Y' }, { "smtp.auth", 'Y', 'Y' }, { "finding", 'Y', 'Y' }, { "attempt", 'n', 'n' }, { "mime.path && mime.kind == multipart", 'n', 'n' },
		{ "smtp.mail_from == 'alice@example.org'", 'Y', 'Y' }, { "imf.from contains 'Alice <'", 'Y', 'Y' },
		{ "mime.member matches exe$", 'Y', 'Y' }, { "mime.encrypted", 'Y', 'Y' }, { "mime.fact == \"Action: failed\"", 'Y', 'Y' },
		{ "mime.disposition == attachment && mime.charset", 'n', 'n' }, { "message.attachments == 1", 'Y', 'Y' },
		{ "url.host == EXAMPLE.com", 'Y', 'Y' }, { "url.host == example.com && url.text contains bank", 'Y', 'Y' },
		{ "url.url contains mailto && url.text", 'n', 'n' }, { "url.url matches \"^https:\"", 'Y', 'Y' },
		{ "received.by == mx.example.net && received.with == esmtps", 'Y', 'Y' }, { "received.by == mx.example.net && received.from == laptop", 'n', 'n' },
		{ "received.delay >= 2", 'Y', 'Y' }, { "received.time < 2026-11-21", 'n', 'n' },
		{ "header.name == x-spam-flag && header.value == YES", 'Y', 'Y' }, { "header.name == x-spam-score && header.value == YES", 'n', 'n' },
		{ "imf.from == \"Alice <alice@example.org>\"", 'Y', 'Y' }, { "imf.from.address == alice@example.org", 'Y', 'Y' },
		{ "imf.to.name == Bob", 'Y', 'Y' }, { "imf.to == carol@example.net", 'Y', 'Y' }, { "imf.to contains undisclosed", 'Y', 'Y' },
		{ "imf.to.address == carol@example.net", 'Y', 'Y' }, { "imf.to.address != bob@example.net", 'n', 'n' }, { "imf.cc", 'n', 'n' },
		{ "imf.references == \"<2@example.org>\"", 'Y', 'Y' }, { "imf.in_reply_to", 'n', 'n' }, { "imf.bcc", 'n', 'n' },
		{ "imf.sender == alice@example.org", 'Y', 'Y' }, { "imf.received != x", 'n', 'n' }, { "imf.message_id", 'Y', 'Y' },
	};

	(void)state;
	CHECK_ALL(table);
}

/* What a session has to say may come after its message. */
static void
test_three_values(void **state)
{
	static const struct expression table[] = {
		{ "session.duration > 10", 'Y', '?' }, { "session.duration > 10 && smtp.size == 1", 'n', 'n' }, { "session.duration > 10 || smtp.size > 1", 'Y', 'Y' },
		{ "session.duration > 20 || smtp.size == 1", 'n', '?' }, { "!(session.duration > 20)", 'Y', '?' }, { "session.duration != 1", 'Y', '?' },
		{ "session.close == quit", 'Y', '?' }, { "session.close == idle", 'n', '?' }, { "session.messages == 1", 'Y', '?' }, { "session.tls", 'n', '?' },
		{ "session.missing == 120", 'Y', '?' }, { "session.complete == gaps", 'Y', '?' }, { "session.handshake < 1ms", 'Y', '?' },
		{ "finding.id == smtp.rcpt-permanent", 'Y', 'Y' }, { "finding.id == smtp.auth-cleartext", 'Y', 'Y' }, { "finding.id == smtp.smuggling", 'n', '?' },
		{ "!(finding.id == smtp.rcpt-permanent)", 'n', 'n' }, { "!(finding.id == smtp.smuggling)", 'Y', '?' }, { "finding.id != smtp.smuggling", 'Y', '?' },
		{ "finding.id != smtp.rcpt-permanent", 'n', 'n' }, { "finding.severity >= warning", 'Y', 'Y' }, { "finding.severity == alert", 'n', '?' },
		{ "finding.severity >= warning && finding.id == smtp.slow-reply", 'n', '?' }, { "finding.severity == note && finding.id == smtp.slow-reply", 'Y', 'Y' },
		{ "finding.text contains nobody", 'Y', 'Y' }, { "finding.id matches ^smtp", 'Y', 'Y' },
		{ "smtp.auth.user == alice", 'Y', 'Y' }, { "smtp.auth.user == alice && smtp.auth.accepted", 'n', '?' }, { "smtp.auth.username contains @ && smtp.auth.accepted", 'Y', 'Y' },
		{ "smtp.auth.mechanism == plain && smtp.auth.code == 535", 'Y', 'Y' }, { "message.user == alice@example.org", 'Y', 'Y' },
		{ "smtp.req.command == RCPT", 'Y', 'Y' }, { "smtp.req.command == rcpt && smtp.response.code == 550", 'Y', 'Y' },
		{ "smtp.req.command == MAIL && smtp.response.code == 550", 'n', '?' }, { "smtp.req.command == STARTTLS", 'n', '?' }, { "smtp.req.command == QUIT", 'Y', '?' }, { "smtp.req.command == QUIT && !smtp.response.code", 'Y', '?' },
		{ "smtp.req.command == BURL && !smtp.response.code", 'Y', 'Y' },
		{ "smtp.req.command == QUIT && smtp.response.code", 'n', '?' }, { "smtp.req.parameter contains \"nobody\"", 'Y', 'Y' },
		{ "smtp.response.code == 535", 'Y', 'Y' }, { "smtp.response.code >= 400 && smtp.response.code < 500", 'n', '?' }, { "smtp.response.code in {220, 421}", 'Y', 'Y' },
		{ "smtp.rsp.parameter contains Postfix", 'Y', 'Y' }, { "smtp.response.enhanced == 5.7.8 && smtp.req.command == AUTH", 'Y', 'Y' },
		{ "smtp.reply_time > 2", 'Y', 'Y' }, { "smtp.reply_time > 3", 'n', '?' }, { "smtp.reply_time > 2 && smtp.req.command == \".\"", 'Y', 'Y' },
		{ "smtp.capability == \"SIZE 10240000\"", 'Y', '?' }, { "smtp.greeting contains Postfix", 'Y', '?' }, { "session.time == 0 || session.time", 'Y', 'Y' },
	};

	(void)state;
	CHECK_ALL(table);
}

/* A session without a message, one that has only begun, an attempt. */
static void
test_units(void **state)
{
	static const struct { const char *text; char session, begun, attempt; } table[] = {
		{ "ip.src == 192.0.2.10", 'Y', 'Y', 'n' }, { "ip.src == 192.0.2.11", 'n', 'n', 'n' }, { "!(ip.src == 192.0.2.11)", 'Y', 'Y', 'Y' },
		{ "smtp.mail_from", 'n', '?', 'n' }, { "!smtp.mail_from", 'Y', '?', 'Y' }, { "smtp.rcpt.code == 550", 'n', '?', 'n' },
		{ "ip.src == 192.0.2.11 && smtp.mail_from", 'n', 'n', 'n' }, { "ip.src == 192.0.2.10 || smtp.mail_from", 'Y', 'Y', 'n' },
		{ "tls", 'n', '?', 'n' }, { "smtp.helo == client.example.org", 'Y', '?', 'n' }, { "finding.id == smtp.auth-cleartext", 'Y', 'Y', 'n' },
		{ "finding.id == smtp.smuggling", 'n', '?', 'n' }, { "smtp", 'Y', 'Y', 'n' }, { "tcp", 'Y', 'Y', 'Y' }, { "ipv6", 'n', 'n', 'Y' },
		{ "ipv6.addr == 2001:db8::/32", 'n', 'n', 'Y' }, { "client.ip == 2001:db8::1", 'n', 'n', 'Y' }, { "ipv6.src in {2001:db8::1..2001:db8::3}", 'n', 'n', 'Y' },
		{ "tcp.port == 25", 'Y', 'Y', 'Y' }, { "tcp.srcport", 'Y', 'Y', 'n' }, { "attempt.outcome == refused", 'n', 'n', 'Y' },
		{ "attempt.count > 2", 'n', 'n', 'Y' }, { "frame.time > 2026-11-21", 'Y', '?', 'Y' }, { "smtp.response.code == 535", 'Y', 'Y', 'n' },
		{ "session.duration > 1", 'Y', '?', 'n' }, { "session.number", 'Y', 'Y', 'n' },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		check(table[i].text, &session_whole, table[i].session);
		check(table[i].text, &session_open, table[i].begun);
		check(table[i].text, &attempt, table[i].attempt);
	}
}

/* A field on either side. */
static void
test_fields(void **state)
{
	static const struct expression table[] = {
		{ "smtp.mail_from == imf.from.address", 'Y', 'Y' }, { "smtp.mail_from != imf.from.address", 'n', 'n' }, { "imf.from.address == smtp.mail_from", 'Y', 'Y' },
		{ "smtp.mail_from != imf.to.address", 'Y', 'Y' }, { "smtp.mail_from != imf.cc.address", 'n', 'n' }, { "imf.cc.address != smtp.mail_from", 'n', 'n' },
		{ "smtp.rcpt_to == imf.to.address", 'Y', 'Y' }, { "imf.to.address == smtp.rcpt_to", 'Y', 'Y' }, { "smtp.rcpt_to != imf.to.address", 'n', 'n' },
		{ "any smtp.rcpt_to != imf.to.address", 'Y', 'Y' }, { "smtp.rcpt_to == imf.to.address && smtp.rcpt.code == 450", 'Y', 'Y' },
		{ "smtp.rcpt_to == imf.to.address && smtp.rcpt.code == 550", 'n', 'n' }, { "imf.from contains smtp.mail_from", 'Y', 'Y' },
		{ "smtp.mail_from contains imf.from", 'n', 'n' }, { "mime.detected == mime.type", 'n', 'n' }, { "mime.detected != mime.type", 'Y', 'Y' },
		{ "mime.detected != mime.type && mime.filename == report.pdf", 'Y', 'Y' }, { "url.text contains url.host", 'n', 'n' },
		{ "upper(smtp.mail_from) == upper(imf.from.address)", 'Y', 'Y' }, { "smtp.mail_from == upper(imf.from.address)", 'n', 'n' },
		{ "len(smtp.mail_from) == len(imf.from.address)", 'Y', 'Y' }, { "ip.src == ip.dst", 'n', 'n' }, { "ip.addr == ip.src", 'Y', 'Y' }, { "ip.addr === ip.src", 'n', 'n' },
		{ "message.time > session.time", 'Y', 'Y' }, { "session.time < message.time", 'Y', 'Y' }, { "smtp.size > message.recipients", 'Y', 'Y' },
		{ "message.recipients == message.accepted", 'n', 'n' }, { "session.end > session.time", 'Y', '?' }, { "session.messages == session.accepted", 'Y', '?' },
		{ "smtp.req.parameter contains smtp.rsp.parameter", 'n', '?' }, { "smtp.time.accept > smtp.time.rcpt", 'Y', 'Y' }, { "imf.date.time < message.time", 'Y', 'Y' },
		{ "smtp.response.code != smtp.response.code", 'n', 'n' },
	};

	(void)state;
	CHECK_ALL(table);
}

/* What the envelope tells when the content begins. */
static void
test_envelope(void **state)
{
	static const struct { const char *text; char want; } table[] = {
		{ "smtp.mail_from == alice@example.org", 'Y' }, { "smtp.mail_from == x", 'n' }, { "smtp.rcpt_to == bob@example.net", 'Y' },
		{ "smtp.rcpt_to == x", 'n' }, { "smtp.rcpt.code == 550", '?' }, { "smtp.rcpt.code == 999", '?' }, { "smtp.rcpt_to contains bob && smtp.rcpt.code == 250", '?' },
		{ "smtp.rcpt_to != bob@example.net", 'n' }, { "smtp.size > 1", '?' }, { "smtp.mail_from == x && smtp.size > 1", 'n' },
		{ "mime.filename == x", '?' }, { "imf.subject", '?' }, { "!tls", 'Y' }, { "smtp.helo == x || smtp.null_sender", 'n' }, { "ip.src == 192.0.2.10", 'Y' },
		{ "smtp.status == accepted", '?' }, { "header.name == x", '?' }, { "frame.time < 2026-01-01", 'n' }, { "smtp.response.code == 999", '?' },
	};
	struct unit u = message_open;

	(void)state;
	u.begun = true;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		check(table[i].text, &u, table[i].want);
}

/* Of one recipient, where each is a line of its own. */
static void
test_one_element(void **state)
{
	struct unit u = message_whole;

	(void)state;
	u.only = SCOPE_RECIPIENT;
	for (u.index = 0; u.index < 3; u.index++) {
		check("smtp.rcpt.code == 550", &u, u.index == 1 ? 'Y' : 'n');
		check("!(smtp.rcpt.code == 550)", &u, u.index == 1 ? 'n' : 'Y');
		check("smtp.rcpt.code != 550 && smtp.size > 1", &u, u.index == 1 ? 'n' : 'Y');
		check("mime.filename == report.pdf && smtp.rcpt_to contains bob", &u, u.index == 0 ? 'Y' : 'n');
	}
}

/* The answers of a message that is gone, and the rest of its session. */
static void
test_resume(void **state)
{
	static const struct { const char *text; char want; } table[] = {
		{ "session.duration > 10 && smtp.rcpt.code == 550", 'Y' }, { "session.duration > 20 || smtp.rcpt.code == 551", 'n' },
		{ "session.close == quit && !(mime.filename == x)", 'Y' }, { "smtp.response.code == 551 || session.messages == 1", 'Y' },
		{ "finding.id == smtp.smuggling || finding.id == smtp.rcpt-temporary", 'n' }, { "finding.id != smtp.rcpt-permanent || session.tls", 'n' },
		{ "smtp.req.command == RCPT && smtp.response.code == 550 && session.close == quit", 'Y' },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct filter *f = compile(table[i].text);
		uint8_t answers[32];

		assert_in_range(filter_questions(f), 1, sizeof answers);
		assert_int_equal(filter_ask(f, &message_open), TRUTH_UNSURE);
		filter_note(f, &message_open, answers);
		if (letter(filter_resume(f, answers, &session_whole)) != table[i].want)
			fail_msg("%s: not %c", table[i].text, table[i].want);
		filter_free(&f);
	}
}

/* Findings over the limit are known by name. */
static void
test_many_findings(void **state)
{
	struct rec_message m = sample_message;
	struct unit u = { .session = &sample_session, .message = &m, .over = true };

	(void)state;
	m.findings.count = 3;
	m.findings.seen[FINDING_SMTP_SMUGGLING / 64] |= UINT64_C(1) << (FINDING_SMTP_SMUGGLING % 64);
	check("finding.id == smtp.smuggling && finding.severity == alert", &u, 'Y');
}

static void
test_faults(void **state)
{
	static const struct { const char *text, *why, *mark; } table[] = {
		{ "", "the filter is empty", "" }, { "   ", "the filter is empty", "" },
		{ "smtp.mail_form == x", "there is no field of this name; did you mean smtp.mail_from", "    ^~~~~~~~~~~~~~" },
		{ "smtp && subject contains x", "did you mean imf.subject", "            ^~~~~~~" }, { "rcpt_to", "smtp.rcpt_to", "^~~~~~~" },
		{ "smtp.rcpt", "smtp.rcpt.", "" }, { "zzzzzz", "there is no field of this name; --help-fields lists them\n", "" },
		{ "smtp.size = 3", "a comparison is written ==", "              ^" }, { "smtp & tls", "and is written &&", "" }, { "smtp | tls", "or is written ||", "" },
		{ "smtp.size == ", "here the filter ends; a value should follow", "                 ^" }, { "smtp &&", "a field's name should follow", "" },
		{ "smtp.size == abc", "this is no number", "                 ^~~" }, { "smtp.size == 3x", "this is no number", "" }, { "smtp.size == 99999999999999999999", "no number", "" },
		{ "smtp.size == 9999999999t", "this is no number", "" }, { "ip.addr == mail.example.net", "this is no address", "" }, { "ip.addr == 192.0.2.0/33", "a network is written", "" },
		{ "session.time == yesterday", "this is no time", "" }, { "session.time == 2026-02-29", "this is no time", "" }, { "session.time == 2026-13-01", "this is no time", "" },
		{ "smtp.time.rcpt == 5x", "this is no time span", "" }, { "tls == maybe", "this is true or false", "" }, { "finding.severity > bad", "a severity is info", "" },
		{ "finding.id == smtp.smugling", "never has that value; did you mean smtp.smuggling", "" }, { "smtp.status == delivered", "never has that value, but accepted, rejected, ", "" },
		{ "session.close == rst", " or end-of-capture", "" }, { "mime.sha256 == 5ab79d24", "SHA-256 has 64 digits", "" }, { "mime.md5 == abc", "no whole digest", "" },
		{ "imf.subject == \xe2\x80\x9csmart\xe2\x80\x9d", "straight quotes", "" }, { "mime.filename[0:3] == x", "slices are not built", "" },
		{ "mailfrom == x", "did you mean smtp.mail_from?", "" }, { "mime.name", "did you mean mime.filename?", "" }, { "imf.subject == 'abc", "no closing quote", "" },
		{ "message.sha256 == xyz", "a digest is written in hexadecimal", "" }, { "smtp.size contains 3", "this field is no text", "" }, { "ip.addr matches 1", "this field is no text", "" },
		{ "tls < 1", "have no order", "" }, { "smtp.status > a", "have no order", "" }, { "lower(smtp.size) == 1", "this field is no text", "" },
		{ "len(imf.subject", "a ) should stand here", "" }, { "len(imf.subject)", "a comparison should stand here", "" },
		{ "(smtp", "this ( is not closed", "    ^" }, { "smtp)", "this ) closes nothing", "        ^" }, { "smtp tls", "&& or || should stand here", "" },
		{ "1 == 1 == 1", "there is no field", "" }, { "smtp.size == 1 == 2", "comparisons are joined by && or ||", "" },
		{ "smtp.size in 3", "a set should stand here", "" }, { "smtp.size in {}", "a value should stand here", "" }, { "smtp.size in {1", "a , or } should stand here", "" },
		{ "smtp.size in {5..1}", "this range holds nothing", "" }, { "ip.addr in {1.2.3.4..::1}", "this range holds nothing", "" }, { "smtp.size in {1..}", "a value should stand here", "" },
		{ "smtp.size not == 1", "in should stand behind not here", "" }, { "imf.subject == \"abc", "no closing quote", "" }, { "imf.subject == \"\\q\"", "no such escape", "" },
		{ "imf.subject matches \"(\"", "this is no regular expression: ", "" }, { "imf.subject matches", "a pattern should stand here", "" },
		{ "smtp.size in {1, smtp.missing}", "this is a field", "" },
		{ "smtp.size == smtp.mail_from", "different types", "" }, { "smtp.rcpt_to == mime.filename", "different lists", "" },
		{ "smtp.auth.user == smtp.mail_from", "waits for the session's end", "" }, { "smtp.mail_from == smtp.greeting", "waits for the session's end", "" },
		{ "smtp.mail_from contains smtp.rcpt_to", "the other way round", "" }, { "len(imf.subject) > imf.subject", "different types", "" }, { "smtp.size in @/no/such/file", "/no/such/file: No such file", "" }, { "smtp.size in @", "a file's name", "" },
		{ "smtp == \1", "can stand in quotes only", "" }, { "! ", "a field's name should follow", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct buf error;
		struct filter *f;

		buf_init(&error, 64 * KiB);
		f = filter_new(slice_of(table[i].text), &error);
		buf_add_byte(&error, '\0');
		if (f != NULL || strstr((const char *)error.p, table[i].why) == NULL || strstr((const char *)error.p, table[i].mark) == NULL)
			fail_msg("%s: %s", table[i].text, (const char *)error.p);
		buf_fini(&error);
		filter_free(&f);
	}
}

/* A fault in the middle of a long text: it is cut, the caret stands under the word. */
static void
test_long_fault(void **state)
{
	struct buf text, error;
	const char *caret, *line;

	(void)state;
	buf_init(&text, MiB);
	buf_init(&error, MiB);
	for (int i = 0; i < 1000; i++)
		buf_text(&text, "imf.subject == \"\346\265\213\" || ");
	buf_text(&text, "wrong == 1");
	for (int i = 0; i < 1000; i++)
		buf_text(&text, " || smtp");
	assert_null(filter_new(buf_slice(&text), &error));
	buf_add_byte(&error, '\0');
	assert_in_range(error.n, 10, 400);
	line = strchr((const char *)error.p, '\n') + 1;
	caret = strchr(line, '\n') + 1;
	assert_memory_equal(strstr(line, "wrong") - strlen("\346\265\213") * 0, "wrong", 5);
	assert_non_null(strstr(caret, " ^~~~~"));
	buf_fini(&text);
	buf_fini(&error);
}

static void
test_depth(void **state)
{
	struct buf text, error;

	(void)state;
	for (int deep = 60; deep <= 70; deep += 10) {
		struct filter *f;

		buf_init(&text, MiB);
		buf_init(&error, MiB);
		for (int i = 0; i < deep; i++)
			buf_text(&text, i % 2 ? "(" : "!(");
		buf_text(&text, "smtp");
		for (int i = 0; i < deep; i++)
			buf_text(&text, ")");
		f = filter_new(buf_slice(&text), &error);
		assert_int_equal(f != NULL, deep < 64);
		filter_free(&f);
		buf_fini(&text);
		buf_fini(&error);
	}
	/* Width and repetition are no depth. */
	buf_init(&text, MiB);
	buf_init(&error, MiB);
	for (int i = 0; i < 5000; i++)
		buf_text(&text, "!!");
	for (int i = 0; i < 3000; i++)
		buf_text(&text, "tls || ");
	buf_text(&text, "smtp");
	check((buf_add_byte(&text, '\0'), (const char *)text.p), &message_whole, 'Y');
	buf_fini(&text);
	buf_fini(&error);
}

/* Alternatives are distributed as long as there are not too many. */
static void
test_alternatives(void **state)
{
	struct buf text, error;

	(void)state;
	for (int n = 4; n <= 40; n += 36) {
		struct filter *f;

		buf_init(&text, MiB);
		buf_init(&error, MiB);
		buf_text(&text, "smtp.rcpt_to contains bob");
		for (int i = 0; i < n; i++)
			buf_text(&text, " && (smtp.rcpt.code == 250 || tls)");
		f = filter_new(buf_slice(&text), &error);
		assert_int_equal(f != NULL, n == 4);
		if (f != NULL)
			assert_int_equal(filter_ask(f, &message_whole), TRUTH_YES);
		filter_free(&f);
		buf_fini(&text);
		buf_fini(&error);
	}
}

static void
test_file(void **state)
{
	char path[] = "/tmp/smtptap-filter-XXXXXX", text[128];
	int fd = mkstemp(path);
	FILE *f = fdopen(fd, "w");

	(void)state;
	fputs("# blocked\r\nzoe@example.org\n\n  alice@example.org  \r\nbob@x", f);
	fclose(f);
	snprintf(text, sizeof text, "smtp.mail_from in @%s", path);
	check(text, &message_whole, 'Y');
	snprintf(text, sizeof text, "smtp.mail_from in @\"%s\"", path);
	check(text, &message_whole, 'Y');
	snprintf(text, sizeof text, "smtp.rcpt_to in @%s && smtp", path);
	check(text, &message_whole, 'n');
	f = fopen(path, "w");
	fputs("10.0.0.0/8\n192.0.2.10\n2001:db8::/32\n", f);
	fclose(f);
	snprintf(text, sizeof text, "client.ip in @%s", path);
	check(text, &message_whole, 'Y');
	check(text, &attempt, 'Y');
	f = fopen(path, "w");
	fputs("10.0.0.0/8\nmail\n", f);
	fclose(f);
	{
		struct buf error;

		buf_init(&error, MiB);
		assert_null(filter_new(slice_of(text), &error));
		buf_add_byte(&error, '\0');
		assert_non_null(strstr((const char *)error.p, ", line 2: this is no address"));
		buf_fini(&error);
	}
	unlink(path);
}

/* A pattern that backtracks for ever ends, and counts as no match. */
static void
test_match_bound(void **state)
{
	struct rec_message m = sample_message;
	struct unit u = { .session = &sample_session, .message = &m, .over = true };

	(void)state;
	m.subject = S("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!");
	check("imf.subject matches \"^(a|aa)+$\"", &u, 'n');
	m.subject = S("\xff\xfe report \xff");
	check("imf.subject matches report", &u, 'Y');
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types), cmocka_unit_test(test_lists), cmocka_unit_test(test_three_values), cmocka_unit_test(test_units),
		cmocka_unit_test(test_fields), cmocka_unit_test(test_envelope), cmocka_unit_test(test_one_element), cmocka_unit_test(test_resume), cmocka_unit_test(test_many_findings), cmocka_unit_test(test_faults),
		cmocka_unit_test(test_long_fault), cmocka_unit_test(test_depth), cmocka_unit_test(test_alternatives), cmocka_unit_test(test_file),
		cmocka_unit_test(test_match_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
