/*
 * mime_received.c - trace fields, as servers write them.
 *
 * What is read is written "from | host ip | by | via | with | id | for | time
 * flags"; clauses that are not there are left out, with their name in front of
 * those that are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/limits.h"
#include "dissectors/mime/header/received.h"

static void
write_clause(struct buf *out, const char *name, slice value)
{
	if (value.n == 0)
		return;
	if (out->n > 0)
		buf_text(out, " ");
	buf_text(out, name);
	buf_text(out, "=");
	buf_add(out, value);
}

static void
write_received(struct buf *out, const struct received *r)
{
	char time[NSTIME_TEXT];

	write_clause(out, "from", r->from);
	write_clause(out, "host", r->from_host);
	write_clause(out, "ip", r->from_ip);
	write_clause(out, "by", r->by);
	write_clause(out, "via", r->via);
	write_clause(out, "with", r->with);
	write_clause(out, "id", r->id);
	write_clause(out, "for", r->for_);
	if (r->time != NSTIME_NONE)
		write_clause(out, "time", slice_of(nstime_utc(r->time, 0, time)));
	if (r->tls)
		buf_text(out, " tls");
	if (r->authenticated)
		buf_text(out, " auth");
}

#define DATE "Sat, 21 Nov 2026 18:29:01 +0000"
#define TIME " time=2026-11-21T18:29:01Z"

static const struct { const char *in, *out; } cases[] = {
	/* RFC 5321 4.4, appendix D. */
	{ "from bar.com by foo.com ; Thu, 21 May 1998 05:33:29 -0700", "from=bar.com by=foo.com time=1998-05-21T12:33:29Z" },
	{ "from [IPv6:2001:db8::1] by foo.example via TCP with ESMTP id ABC for <bob@foo.example>; " DATE,
	    "from=[IPv6:2001:db8::1] ip=2001:db8::1 by=foo.example via=TCP with=ESMTP id=ABC for=bob@foo.example" TIME },
	/* Postfix. */
	{ "from mail.example.org (mail.example.org [192.0.2.1])  (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)"
	    "  key-exchange X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256)  (No client certificate requested)"
	    " by mx.example.net (Postfix) with ESMTPS id 4F1D2 for <bob@example.net>; " DATE " (UTC)",
	    "from=mail.example.org host=mail.example.org ip=192.0.2.1 by=mx.example.net with=ESMTPS id=4F1D2 for=bob@example.net" TIME " tls" },
	{ "from [10.0.0.5] (unknown [203.0.113.7]) (Authenticated sender: alice@example.org) by mx (Postfix) with ESMTPSA id A1; " DATE,
	    "from=[10.0.0.5] ip=203.0.113.7 by=mx with=ESMTPSA id=A1" TIME " tls auth" },
	{ "by mail.example.org (Postfix, from userid 1000) id 6C5A11C2; " DATE, "by=mail.example.org id=6C5A11C2" TIME },
	{ "from localhost (localhost [IPv6:::1]) by mail.example.org (Postfix) with UTF8SMTPSA id 1; " DATE,
	    "from=localhost host=localhost ip=::1 by=mail.example.org with=UTF8SMTPSA id=1" TIME " tls auth" },
	/* Exim. */
	{ "from [192.0.2.1] (helo=foo.example) by mx.example.net with esmtps  (TLS1.3) tls TLS_AES_256_GCM_SHA384 (Exim 4.94.2)"
	    " (envelope-from <alice@example.org>) id 1kgXyz-0001aB-2C for bob@example.net; " DATE,
	    "from=foo.example ip=192.0.2.1 by=mx.example.net with=esmtps id=1kgXyz-0001aB-2C for=bob@example.net" TIME " tls" },
	{ "from mail.example.org ([192.0.2.1]:51234 helo=foo.example) by mx with esmtp (Exim 4.96) id 1; " DATE,
	    "from=foo.example host=mail.example.org ip=192.0.2.1 by=mx with=esmtp id=1" TIME },
	{ "from mail.example.org ([2001:db8::25]) by mx with esmtpsa (Exim 4.96) id 1; " DATE,
	    "from=mail.example.org ip=2001:db8::25 by=mx with=esmtpsa id=1" TIME " tls auth" },
	{ "from alice by host.example with local (Exim 4.96) (envelope-from <alice@host.example>) id 1; " DATE,
	    "from=alice by=host.example with=local id=1" TIME },
	/* sendmail. */
	{ "from mail.example.org (mail.example.org [192.0.2.1] (may be forged)) by mx.example.net (8.15.2/8.15.2) with ESMTP id xALCD"
	    " (version=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384 bits=256 verify=NO) for <bob@example.net>; " DATE,
	    "from=mail.example.org host=mail.example.org ip=192.0.2.1 by=mx.example.net with=ESMTP id=xALCD for=bob@example.net" TIME " tls" },
	{ "(from root@localhost) by mx.example.net (8.15.2/8.15.2/Submit) id xALCE; " DATE, "by=mx.example.net id=xALCE" TIME },
	{ "from foo (IDENT:alice@host.example [192.0.2.1]) by mx (8.9.3) with SMTP id A; " DATE,
	    "from=foo host=host.example ip=192.0.2.1 by=mx with=SMTP id=A" TIME },
	{ "from foo (host.example [192.0.2.1]) (authenticated bits=0) by mx (8.14.4) with ESMTP id A; " DATE,
	    "from=foo host=host.example ip=192.0.2.1 by=mx with=ESMTP id=A" TIME " auth" },
	/* qmail. */
	{ "(qmail 12345 invoked by uid 1000); 21 Nov 2026 18:29:01 -0000", "time=2026-11-21T18:29:01Z" },
	{ "from unknown (HELO foo.example) (192.0.2.1)  by mx.example.net with SMTP; 21 Nov 2026 18:29:01 -0000",
	    "from=foo.example ip=192.0.2.1 by=mx.example.net with=SMTP" TIME },
	{ "from mail.example.org (HELO foo.example) (alice@192.0.2.1) by mx with (DHE-RSA-AES256-SHA encrypted) SMTP; " DATE,
	    "from=foo.example host=mail.example.org ip=192.0.2.1 by=mx with=SMTP" TIME },
	/* Exchange. */
	{ "from AM0PR01MB1.eurprd01.prod.exchangelabs.com (2603:10a6:208::1) by DB8PR01MB2.eurprd01.prod.exchangelabs.com (2603:10a6:10::2)"
	    " with Microsoft SMTP Server (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.20.5678.14; " DATE,
	    "from=AM0PR01MB1.eurprd01.prod.exchangelabs.com ip=2603:10a6:208::1 by=DB8PR01MB2.eurprd01.prod.exchangelabs.com"
	    " with=Microsoft SMTP Server id=15.20.5678.14" TIME " tls" },
	{ "from AM0PR01MB1.eurprd01.prod.exchangelabs.com ([fe80::1c2d:3e4f%5]) by AM0PR01MB1.eurprd01.prod.exchangelabs.com"
	    " ([fe80::1c2d:3e4f%5]) with mapi id 15.20.5678.14; " DATE,
	    "from=AM0PR01MB1.eurprd01.prod.exchangelabs.com ip=fe80::1c2d:3e4f by=AM0PR01MB1.eurprd01.prod.exchangelabs.com"
	    " with=mapi id=15.20.5678.14" TIME },
	{ "from a.example (192.0.2.1) by b.example (192.0.2.2) with Microsoft SMTP Server id 15.1.2507.6 via Frontend Transport; " DATE,
	    "from=a.example ip=192.0.2.1 by=b.example via=Frontend Transport with=Microsoft SMTP Server id=15.1.2507.6" TIME },
	{ "from foo ([192.0.2.1]) by bar.example with Microsoft SMTPSVC(8.5.9600.16384);\t " DATE,
	    "from=foo ip=192.0.2.1 by=bar.example with=Microsoft SMTPSVC" TIME },
	/* Gmail. */
	{ "by 2002:a05:6402:1a:b0:47e:1234:5678 with SMTP id x1csp12345edr;        Sat, 21 Nov 2026 10:29:01 -0800 (PST)",
	    "by=2002:a05:6402:1a:b0:47e:1234:5678 with=SMTP id=x1csp12345edr" TIME },
	{ "from mail-sor-f41.google.com (mail-sor-f41.google.com. [209.85.220.41])        by mx.google.com with SMTPS id k7"
	    " for <bob@gmail.com>        (Google Transport Security);        Sat, 21 Nov 2026 10:29:01 -0800 (PST)",
	    "from=mail-sor-f41.google.com host=mail-sor-f41.google.com ip=209.85.220.41 by=mx.google.com with=SMTPS id=k7 for=bob@gmail.com"
	    TIME " tls" },
	/* Amazon, SendGrid, Yahoo. */
	{ "from a8-31.smtp-out.amazonses.com (a8-31.smtp-out.amazonses.com [54.240.8.31]) by inbound-smtp.us-east-1.amazonaws.com"
	    " with SMTP id o0vrnil0slavs for bob@example.net; " DATE " (UTC)",
	    "from=a8-31.smtp-out.amazonses.com host=a8-31.smtp-out.amazonses.com ip=54.240.8.31 by=inbound-smtp.us-east-1.amazonaws.com"
	    " with=SMTP id=o0vrnil0slavs for=bob@example.net" TIME },
	{ "by filterdrecv-p3las1 with SMTP id filterdrecv-p3las1-1-5; 2026-11-21 18:29:01.123456789 +0000 UTC m=+166405.123456789",
	    "by=filterdrecv-p3las1 with=SMTP id=filterdrecv-p3las1-1-5" TIME },
	{ "from [192.0.2.1] by web120.mail.ne1.yahoo.com via HTTP; Sat, 21 Nov 2026 10:29:01 PST",
	    "from=[192.0.2.1] ip=192.0.2.1 by=web120.mail.ne1.yahoo.com via=HTTP" TIME },
	/* Dovecot, OpenSMTPD, Courier, fetchmail, Domino, CommuniGate. */
	{ "from mx.example.net ([127.0.0.1]) by mx.example.net with LMTP id 8AkqM/oGhGA (envelope-from <a@b.example>) for <bob>; " DATE,
	    "from=mx.example.net ip=127.0.0.1 by=mx.example.net with=LMTP id=8AkqM/oGhGA for=bob" TIME },
	{ "from foo (host.example [192.0.2.1]) by mx (OpenSMTPD) with ESMTPS id 8b7c (TLSv1.3:AEAD-AES256-GCM-SHA384:256:NO) for <bob@mx>; " DATE,
	    "from=foo host=host.example ip=192.0.2.1 by=mx with=ESMTPS id=8b7c for=bob@mx" TIME " tls" },
	{ "from foo (foo [::ffff:192.0.2.1])  (AUTH: LOGIN alice, SSL: TLSv1/SSLv3,256bits,AES256-SHA)  by mx with ESMTPSA; " DATE,
	    "from=foo host=foo ip=::ffff:192.0.2.1 by=mx with=ESMTPSA" TIME " tls auth" },
	{ "from imap.example.org [192.0.2.1] by localhost with IMAP (fetchmail-6.4.16) for <alice@localhost> (single-drop); " DATE,
	    "from=imap.example.org ip=192.0.2.1 by=localhost with=IMAP for=alice@localhost" TIME },
	{ "from foo ([192.0.2.1])          by bar.example (Lotus Domino Release 8.5.3)          with ESMTP id 2026112118290123-456 ;"
	    "          " DATE, "from=foo ip=192.0.2.1 by=bar.example with=ESMTP id=2026112118290123-456" TIME },
	{ "from [192.0.2.1] (account alice@example.org HELO laptop.local) by mx.example.net (CommuniGate Pro SMTP 6.2) with ESMTPSA id 77; " DATE,
	    "from=laptop.local ip=192.0.2.1 by=mx.example.net with=ESMTPSA id=77" TIME " tls auth" },
	/* ZMailer, MailEnable; a date without a semicolon. */
	{ "from mail.example.org ([192.0.2.1]:56766 \"EHLO        mail.example.org\" rhost-flags-OK-OK-OK-OK) by vger.example"
	    "        with ESMTP id S237779AbhCDJjx (ORCPT <rfc822;list@vger.example>);        " DATE,
	    "from=mail.example.org host=mail.example.org ip=192.0.2.1 by=vger.example with=ESMTP id=S237779AbhCDJjx" TIME },
	{ "from vyrhm ([192.0.2.1]) by mx.example with MailEnable ESMTPS; " DATE, "from=vyrhm ip=192.0.2.1 by=mx.example with=MailEnable ESMTPS" TIME " tls" },
	{ "by filter0042 with SMTP id filter0042-24638-8B        2026-11-21 18:29:01.687423189 +0000 UTC", "by=filter0042 with=SMTP id=filter0042-24638-8B" TIME },
	/* What is broken. */
	{ "from a by b with SMTP id c " DATE, "from=a by=b with=SMTP id=c" TIME },
	{ "from a by b; some day", "from=a by=b" },
	{ "from by b", "by=b" },
	{ "FROM a BY b FOR <c@d>,", "from=a by=b for=c@d" },
	{ "from a from b by c by d; " DATE, "from=a by=c" TIME },
	{ "from a (unclosed by b; " DATE, "from=a by=b" TIME },
	{ "from a (b (c) \\) [192.0.2.1]) by d", "from=a ip=192.0.2.1 by=d" },
	{ "from a by b for <\"x; y (z\"@d>; " DATE, "from=a by=b for=\"x; y (z\"@d" TIME },
	{ "from a by b for <c@d; " DATE, "from=a by=b for=c@d" TIME },
	{ "from a (a [192.0.2.1]) (b [192.0.2.2]) by c", "from=a host=a ip=192.0.2.1 by=c" },
	{ "from a (HELO b) (HELO c) by d", "from=b host=a by=d" },
	{ "; " DATE, "time=2026-11-21T18:29:01Z" },
	{ "by a; by b; " DATE, "by=a" TIME },
};

static void
reads_each_case(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct received r;
		struct buf out;

		buf_init(&out, 4 * KiB);
		assert_true(received_parse(slice_of(cases[i].in), &r));
		write_received(&out, &r);
		buf_add_byte(&out, 0);
		if (strcmp((char *)out.p, cases[i].out) != 0)
			print_message("of: %s\n", cases[i].in);
		assert_string_equal((char *)out.p, cases[i].out);
		buf_fini(&out);
	}
}

static void
knows_what_it_does_not_understand(void **state)
{
	static const char *const none[] = { "", " ", ";", "hello world", "(from a by b)", "from", "from ; by ;", "((((" };

	(void)state;
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		struct received r;

		assert_false(received_parse(slice_of(none[i]), &r));
		assert_int_equal(r.time, NSTIME_NONE);
	}
}

/* RFC 3848, RFC 6531 4.3. */
static void
knows_every_protocol(void **state)
{
	static const struct { const char *name; bool tls, authenticated; } with[] = {
		{ "SMTP", false, false }, { "ESMTP", false, false }, { "ESMTPA", false, true }, { "ESMTPS", true, false }, { "ESMTPSA", true, true },
		{ "LMTP", false, false }, { "LMTPA", false, true }, { "LMTPS", true, false }, { "LMTPSA", true, true },
		{ "UTF8SMTP", false, false }, { "UTF8SMTPA", false, true }, { "UTF8SMTPS", true, false }, { "UTF8SMTPSA", true, true },
		{ "UTF8LMTP", false, false }, { "UTF8LMTPA", false, true }, { "UTF8LMTPS", true, false }, { "UTF8LMTPSA", true, true },
		{ "esmtpsa", true, true }, { "MMS", false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof with / sizeof *with; i++) {
		struct received r;
		struct buf in;

		buf_init(&in, KiB);
		buf_printf(&in, "by a with %s; x", with[i].name);
		assert_true(received_parse(buf_slice(&in), &r));
		assert_int_equal(r.tls, with[i].tls);
		assert_int_equal(r.authenticated, with[i].authenticated);
		buf_fini(&in);
	}
}

static void
is_linear(void **state)
{
	static const char *const units[] = {
		"(", "()", "((", "(a", ")", "\"", "\" ", "\\\"", ";", "; Sat, ", "from ", "from a ", "with a ", "<", "[", "[1] ", "(a [1.2.3.4]) ", "a@", "Sat, ",
		"(HELO a)", "1.", "1:", "(\\",
	};
	struct received r;
	struct buf in;
	clock_t begin = clock();

	(void)state;
	buf_init(&in, 4 * MiB);
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		buf_clear(&in);
		buf_text(&in, "from a ");
		while (in.n < 2 * MiB)
			buf_text(&in, units[i]);
		received_parse(buf_slice(&in), &r);
	}
	buf_fini(&in);
	assert_true((clock() - begin) / CLOCKS_PER_SEC < 60);
}

static void
reads_comments_of_any_depth(void **state)
{
	enum { DEPTH = 500000 };
	struct received r;
	struct buf in;

	(void)state;
	buf_init(&in, 4 * MiB);
	buf_text(&in, "from a ");
	for (int i = 0; i < DEPTH; i++)
		buf_text(&in, "(");
	buf_text(&in, "[192.0.2.9]");
	for (int i = 0; i < DEPTH; i++)
		buf_text(&in, ")");
	buf_text(&in, " (b [192.0.2.1]) by c");
	assert_true(received_parse(buf_slice(&in), &r));
	assert_true(slice_eq(r.from_ip, S("192.0.2.1")));
	assert_true(slice_eq(r.by, S("c")));
	buf_fini(&in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_each_case),
		cmocka_unit_test(knows_what_it_does_not_understand),
		cmocka_unit_test(knows_every_protocol),
		cmocka_unit_test(is_linear),
		cmocka_unit_test(reads_comments_of_any_depth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
