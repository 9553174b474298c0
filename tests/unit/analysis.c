/* Findings across sessions: slow replies, STARTTLS now and then, open relays; and what is local. */
#include "script.h"

#include <stdio.h>
#include <stdlib.h>

#include "analysis/analysis.h"
#include "analysis/local.h"
#include "analysis/servers.h"
#include "base/limits.h"

static struct analysis *analysis;
static unsigned count[FINDINGS];
static uint32_t last_mail;
static char last_words[256];

static void
emit(void *self, const struct event *e)
{
	(void)self;
	assert_int_equal(e->kind, EV_ANOMALY);
	count[e->u.anomaly.finding]++;
	last_mail = e->u.anomaly.mail;
	snprintf(last_words, sizeof last_words, "%.*s", (int)e->u.anomaly.detail.n, (const char *)e->u.anomaly.detail.p);
}

static void
feed(void *self, const struct event *e)
{
	(void)self;
	analysis_event(analysis, e, emit, NULL);
}

static struct script
start(struct analysis_options options)
{
	memset(count, 0, sizeof count);
	analysis = analysis_new(&options);
	assert_non_null(analysis);
	return (struct script){ .feed = feed };
}

static void
rcpt_after(struct script *s, nstime wait)
{
	uint32_t serial = script_command(s, "RCPT TO:<a@b.example>");

	script_reply_to(s, serial, "RCPT", 0, s->mail, wait, "250 ok");
}

static void
slow_by_the_median(void **state)
{
	struct script s = start((struct analysis_options){ 0 });

	(void)state;
	script_open(&s, 1);
	script_command(&s, "MAIL FROM:<x@y.example>");
	rcpt_after(&s, 2 * NSTIME_S);			/* nothing to compare with */
	assert_int_equal(count[FINDING_SMTP_SLOW_REPLY], 0);
	for (int i = 0; i < 20; i++)
		rcpt_after(&s, 20 * NSTIME_MS);
	rcpt_after(&s, 900 * NSTIME_MS);		/* 45 times the median, but not a second */
	assert_int_equal(count[FINDING_SMTP_SLOW_REPLY], 0);
	rcpt_after(&s, 1100 * NSTIME_MS);
	assert_int_equal(count[FINDING_SMTP_SLOW_REPLY], 1);
	assert_int_equal(last_mail, s.mail);
	assert_non_null(strstr(last_words, "RCPT answered after 1.100 s"));
	rcpt_after(&s, 1100 * NSTIME_MS);		/* told once for a message */
	assert_int_equal(count[FINDING_SMTP_SLOW_REPLY], 1);
	script_close(&s, WHY_FIN, DIR_CLIENT);
	script_open_from(&s, 2, "192.0.2.10", 1, "198.51.100.6");	/* another server */
	script_command(&s, "MAIL FROM:<x@y.example>");
	rcpt_after(&s, 5 * NSTIME_S);
	assert_int_equal(count[FINDING_SMTP_SLOW_REPLY], 1);
	analysis_free(&analysis);
}

static void
steadily_slow_is_its_habit(void **state)
{
	struct script s = start((struct analysis_options){ 0 });

	(void)state;
	script_open(&s, 1);
	script_command(&s, "MAIL FROM:<x@y.example>");
	for (int i = 0; i < 50; i++)
		rcpt_after(&s, 3 * NSTIME_S);
	assert_int_equal(count[FINDING_SMTP_SLOW_REPLY], 0);
	analysis_free(&analysis);
}

static void
slow_by_option(void **state)
{
	struct script s = start((struct analysis_options){ .slow = 100 * NSTIME_MS });

	(void)state;
	script_open(&s, 1);
	script_command(&s, "MAIL FROM:<x@y.example>");
	rcpt_after(&s, 100 * NSTIME_MS);
	assert_int_equal(count[FINDING_SMTP_SLOW_REPLY], 0);
	rcpt_after(&s, 101 * NSTIME_MS);
	assert_int_equal(count[FINDING_SMTP_SLOW_REPLY], 1);
	analysis_free(&analysis);
}

static void
ehlo(struct script *s, uint64_t session, const char *server, const char *reply)
{
	script_open_from(s, session, "192.0.2.10", 1, server);
	script_command(s, "EHLO x");
	script_reply(s, "EHLO", reply);
	script_reply(s, "EHLO", "250-after TLS\n250 nothing");	/* only the first counts */
	script_close(s, WHY_FIN, DIR_CLIENT);
}

static void
starttls_now_and_then(void **state)
{
	struct script s = start((struct analysis_options){ 0 });

	(void)state;
	ehlo(&s, 1, "198.51.100.5", "250-x\n250-STARTTLS\n250 SIZE");
	ehlo(&s, 2, "198.51.100.6", "250-x\n250 SIZE");			/* another one */
	ehlo(&s, 3, "198.51.100.5", "250-x\n250-starttls\n250 SIZE");
	assert_int_equal(count[FINDING_SMTP_STARTTLS_INCONSISTENT], 0);
	ehlo(&s, 4, "198.51.100.5", "250-x\n250 SIZE");
	assert_int_equal(count[FINDING_SMTP_STARTTLS_INCONSISTENT], 1);
	ehlo(&s, 5, "198.51.100.6", "250-x\n250-STARTTLS\n250 SIZE");
	ehlo(&s, 6, "198.51.100.6", "250-x\n250-STARTTLS\n250 SIZE");
	assert_int_equal(count[FINDING_SMTP_STARTTLS_INCONSISTENT], 2);
	analysis_free(&analysis);
}

static void
relay(struct script *s, const char *client, const char *mail, const char *rcpt, bool auth)
{
	static uint64_t session;

	script_open_from(s, ++session, client, 1, "198.51.100.5");
	if (auth)
		script_auth(s, "alice", "x", true);
	script_command(s, mail);
	uint32_t serial = script_command(s, rcpt);
	struct event e = script_event(s, EV_REPLY, DIR_SERVER);
	slice path = slice_drop(slice_of(rcpt), 9);
	e.u.reply = (struct ev_reply){
		.answers = serial, .mail = s->mail, .code = 250, .verb = S("RCPT"), .wait = NSTIME_NONE,
		.address = slice_take(path, path.n - 1),
	};
	s->feed(s->self, &e);
	script_done(s, 1, MAIL_ACCEPTED, "data");
	script_close(s, WHY_FIN, DIR_CLIENT);
}

static void
open_relay(void **state)
{
	const struct analysis_options ours = { .local_domains = "example.net, example.org", .local_nets = "198.51.100.0/24,2001:db8::/32" };
	static const struct { const char *client, *mail, *rcpt; bool auth; unsigned told; } cases[] = {
		{ "192.0.2.1", "MAIL FROM:<a@spam.example>", "RCPT TO:<b@victim.example>", false, 1 },
		{ "192.0.2.1", "MAIL FROM:<>", "RCPT TO:<b@victim.example>", false, 1 },
		{ "192.0.2.1", "MAIL FROM:<a@spam.example>", "RCPT TO:<b@victim.example>", true, 0 },
		{ "198.51.100.9", "MAIL FROM:<a@spam.example>", "RCPT TO:<b@victim.example>", false, 0 },
		{ "127.0.0.1", "MAIL FROM:<a@spam.example>", "RCPT TO:<b@victim.example>", false, 0 },
		{ "192.0.2.1", "MAIL FROM:<a@EXAMPLE.net>", "RCPT TO:<b@victim.example>", false, 0 },
		{ "192.0.2.1", "MAIL FROM:<a@spam.example>", "RCPT TO:<b@mail.example.org>", false, 0 },
		{ "192.0.2.1", "MAIL FROM:<a@notexample.org>", "RCPT TO:<b@example.org.victim.example>", false, 1 },
		{ "192.0.2.1", "MAIL FROM:<a@spam.example>", "RCPT TO:<postmaster>", false, 0 },
		{ "192.0.2.1", "MAIL FROM:<a@spam.example>", "RCPT TO:<x@[198.51.100.7]>", false, 0 },
		{ "192.0.2.1", "MAIL FROM:<a@spam.example>", "RCPT TO:<x@[IPv6:2001:db8::7]>", false, 0 },
		{ "192.0.2.1", "MAIL FROM:<a@spam.example>", "RCPT TO:<x@[192.0.2.7]>", false, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct script s = start(ours);

		relay(&s, cases[i].client, cases[i].mail, cases[i].rcpt, cases[i].auth);
		if (count[FINDING_SMTP_OPEN_RELAY_SUSPECT] != cases[i].told)
			fail_msg("%s %s %s", cases[i].client, cases[i].mail, cases[i].rcpt);
		analysis_free(&analysis);
	}
	struct script s = start((struct analysis_options){ 0 });	/* without the options: never */
	relay(&s, "192.0.2.1", "MAIL FROM:<a@spam.example>", "RCPT TO:<b@victim.example>", false);
	assert_int_equal(count[FINDING_SMTP_OPEN_RELAY_SUSPECT], 0);
	analysis_free(&analysis);
}

/* Behind a proxy of ours the client is who the proxy says. */
static void
relay_behind_proxy(void **state)
{
	struct script s = start((struct analysis_options){ .local_domains = "example.net", .local_nets = "198.51.100.0/24" });
	struct event e;

	(void)state;
	script_open_from(&s, 1, "198.51.100.1", 1, "198.51.100.5");
	e = script_event(&s, EV_PROXY, DIR_CLIENT);
	e.u.proxy.by = "PROXY";
	addr_parse(S("203.0.113.9"), &e.u.proxy.client.addr);
	s.feed(s.self, &e);
	script_command(&s, "MAIL FROM:<a@spam.example>");
	e = script_event(&s, EV_REPLY, DIR_SERVER);
	e.u.reply = (struct ev_reply){ .mail = s.mail, .code = 250, .verb = S("RCPT"), .wait = NSTIME_NONE, .address = S("b@victim.example") };
	s.feed(s.self, &e);
	script_done(&s, 1, MAIL_ACCEPTED, "data");
	assert_int_equal(count[FINDING_SMTP_OPEN_RELAY_SUSPECT], 1);
	assert_string_equal(last_words, "from <a@spam.example> to <b@victim.example>");
	analysis_free(&analysis);
}

static void
lists(void **state)
{
	static const struct { const char *net, *inside, *outside; } nets[] = {
		{ "10.0.0.0/8", "10.255.0.1", "11.0.0.1" }, { "192.0.2.128/25", "192.0.2.128", "192.0.2.127" },
		{ "192.0.2.1", "192.0.2.1", "192.0.2.2" }, { "0.0.0.0/0", "8.8.8.8", "2001:db8::1" },
		{ "2001:db8:8000::/33", "2001:db8:ffff::1", "2001:db8:7fff::1" },
	};
	static const char *const bad[] = { "10.0.0.0/33", "10.0.0/8", "x", "2001:db8::/129", "10.0.0.0/", "10.0.0.0/-1" };
	struct addr addr;

	(void)state;
	for (size_t i = 0; i < sizeof nets / sizeof nets[0]; i++) {
		struct local *l = local_new(NULL, nets[i].net);

		assert_true(addr_parse(slice_of(nets[i].inside), &addr));
		assert_true(local_is_addr(l, &addr));
		assert_true(addr_parse(slice_of(nets[i].outside), &addr));
		assert_false(local_is_addr(l, &addr));
		local_free(&l);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_null(local_new(NULL, bad[i]));
	assert_null(local_new("a b!c", NULL));
	assert_null(local_new(".", NULL));
}

static void
servers_are_bounded(void **state)
{
	struct servers s;
	struct endpoint e = { .addr.family = 4, .port = 25 };
	struct server *first = NULL, *kept;

	(void)state;
	servers_init(&s);
	e.addr.ip[3] = 1;
	e.addr.ip[0] = 9;
	kept = servers_open(&s, &e);
	for (uint32_t i = 0; i < 3 * LIMIT_SERVERS; i++) {
		struct server *one;

		memcpy(e.addr.ip, &i, sizeof i);
		one = servers_open(&s, &e);
		assert_non_null(one);
		if (first == NULL)
			first = one;
		servers_close(one);
	}
	assert_int_equal(s.n, LIMIT_SERVERS);
	e.addr = kept->endpoint.addr;
	assert_ptr_equal(servers_open(&s, &e), kept);		/* it has a session: never evicted */
	for (uint32_t i = 1u << 20; i < (1u << 20) + 2 * LIMIT_SERVERS; i++) {
		memcpy(e.addr.ip, &i, sizeof i);
		servers_open(&s, &e);				/* all have sessions: the last ones find no room */
	}
	assert_int_equal(s.n, LIMIT_SERVERS);
	e.addr.ip[3] = 77;
	assert_null(servers_open(&s, &e));
	servers_fini(&s);
}

static void
medians(void **state)
{
	struct waits w = { { 0 }, 0 };
	nstime last = 0;

	(void)state;
	assert_int_equal(waits_median(&w), NSTIME_NONE);
	for (nstime t = 1; t < NSTIME_S * 1000; t += t / 3 + 1) {
		w = (struct waits){ { 0 }, 0 };
		for (int i = 0; i < 9; i++)
			waits_add(&w, i < 4 ? t * 1000 : t);
		assert_true(waits_median(&w) > t && waits_median(&w) >= last);
		assert_true(waits_median(&w) <= t + t / 2 + 2000);
		last = waits_median(&w);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slow_by_the_median),
		cmocka_unit_test(steadily_slow_is_its_habit),
		cmocka_unit_test(slow_by_option),
		cmocka_unit_test(starttls_now_and_then),
		cmocka_unit_test(open_relay),
		cmocka_unit_test(relay_behind_proxy),
		cmocka_unit_test(lists),
		cmocka_unit_test(servers_are_bounded),
		cmocka_unit_test(medians),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
