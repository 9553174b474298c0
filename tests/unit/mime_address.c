/*
 * mime_address.c - address lists, well formed, obsolete and broken.
 *
 * What is told is written "name|address|group", one mailbox behind the other
 * with a ';'; a group without members is "*group".
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "base/limits.h"
#include "dissectors/mime/header/address.h"

static void
write_mailbox(void *self, const struct mailbox *m)
{
	struct buf *out = self;

	if (out->n > 0)
		buf_add(out, S("; "));
	if (m->group_only)
		buf_add(out, S("*"));
	buf_add(out, m->name);
	if (!m->group_only)
		buf_add(out, S("|"));
	buf_add(out, m->address);
	if (m->group.n > 0 && !m->group_only)
		buf_add(out, S("|"));
	buf_add(out, m->group);
}

static const struct { const char *in, *out; } cases[] = {
	{ "", "" },
	{ "alice@example.org", "|alice@example.org" },
	{ "Alice <alice@example.org>", "Alice|alice@example.org" },
	{ "<alice@example.org>", "|alice@example.org" },
	{ "<>", "|" },
	{ "\"Example, Alice\" <alice@example.org>", "Example, Alice|alice@example.org" },
	{ "\"a \\\"b\\\" c\" <x@y>", "a \"b\" c|x@y" },
	{ "Alice  Q.\tExample <alice@example.org>", "Alice Q. Example|alice@example.org" },
	{ "a@b, c@d,\r\n e@f", "|a@b; |c@d; |e@f" },
	{ ",, a@b, ,", "|a@b" },
	/* The bare style, comments, nested. */
	{ "alice@example.org (Alice Example)", "Alice Example|alice@example.org" },
	{ "(first) a@b (second (inner \\) one))", "second (inner ) one)|a@b" },
	{ "Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>", "Pete|pete@silly.test" },
	{ "<a@b> (Alice)", "Alice|a@b" },
	/* RFC 5322 A.1.3, A.5: groups. */
	{ "A Group:Ed Jones <joe@where.test>,john@c (John),<one@x.test>;",
	    "Ed Jones|joe@where.test|A Group; John|john@c|A Group; |one@x.test|A Group" },
	{ "Undisclosed recipients:;", "*Undisclosed recipients" },
	{ "undisclosed-recipients: ;, bob@example.net", "*undisclosed-recipients; |bob@example.net" },
	{ "(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;", "*Hidden recipients" },
	{ "A: a@b; c@d", "|a@b|A; |c@d" },
	{ "A: a@b", "|a@b|A" },
	{ "A:", "*A" },
	{ "A: B: b@c;", "*A; |b@c|B" },
	/* RFC 5322 A.6.1, A.6.3: obsolete. */
	{ "Joe Q. Public <john.q.public@example.com>", "Joe Q. Public|john.q.public@example.com" },
	{ "Mary Smith <@node.test,@x:mary@example.net>, , jdoe@test  . example", "Mary Smith|mary@example.net; |jdoe@test.example" },
	{ "John Doe <jdoe@machine(comment).  example>", "John Doe|jdoe@machine.example" },
	{ "jdoe @ example . net", "|jdoe@example.net" },
	/* Quoted local parts, literals, UTF-8. */
	{ "\"john doe\"@example.org", "|\"john doe\"@example.org" },
	{ "J <\"john, <doe>\"@example.org>", "J|\"john, <doe>\"@example.org" },
	{ "a@[192.0.2.1]", "|a@[192.0.2.1]" },
	{ "<a@[IPv6:2001:db8::1]>, b@[IPv6: 2001:db8::2]", "|a@[IPv6:2001:db8::1]; |b@[IPv6:2001:db8::2]" },
	{ "J <x@xn--bcher-kva.example>", "J|x@xn--bcher-kva.example" },
	{ "用户 <用户@例子.测试> (备注)", "用户|用户@例子.测试" },
	{ "Jürgen <jürgen@bücher.example>", "Jürgen|jürgen@bücher.example" },
	{ "=?utf-8?Q?J=C3=BCrgen=2C?= B <a@b>", "=?utf-8?Q?J=C3=BCrgen=2C?= B|a@b" },
	/* As people send them. */
	{ "alice@example.org <alice@example.org>", "alice@example.org|alice@example.org" },
	{ "alice@example.org via List <list@example.net>", "alice@example.org via List|list@example.net" },
	{ "root", "|root" },
	{ "root (Charlie)", "Charlie|root" },
	{ "Alice Example", "Alice Example|" },
	{ "[List] <a@b>", "[List]|a@b" },
	{ "O'Brien \\, Pat <a@b>", "O'Brien \\|; Pat|a@b" },
	/* Missing commas. */
	{ "a@b c@d", "|a@b; |c@d" },
	{ "a@b c@d (C)", "|a@b; C|c@d" },
	{ "<a@b> <c@d>", "|a@b; |c@d" },
	{ "A <a@b> B <c@d>", "A|a@b; B|c@d" },
	{ "a@b; c@d", "|a@b; |c@d" },
	{ "a@b Smith", "|a@b" },
	/* Broken brackets, quotes, comments. */
	{ "Alice <a@b", "Alice|a@b" },
	{ "Alice <a@b, Bob <c@d>", "Alice|a@b; Bob|c@d" },
	{ "<<a@b>>", "|a@b" },
	{ "Alice a@b>", "|a@b" },
	{ "\"Alice <a@b>, Bob <c@d>", "Alice|a@b; Bob|c@d" },
	{ "Alice (the <a@b>, c@d", "Alice (the|a@b; |c@d" },
	{ "<\"a@b>", "|\"a@b" },
	{ "<@a,@b>", "|@a,@b" },
	{ "a@[192.0.2.1", "|a@[192.0.2.1" },
	{ "\\", "|\\" },
	{ "\"\\", "|\\" },
};

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf out;

		buf_init(&out, KiB);
		address_parse(slice_of(cases[i].in), write_mailbox, &out);
		if (!slice_eq(buf_slice(&out), slice_of(cases[i].out)))
			fail_msg("%s: got \"%.*s\", want \"%s\"", cases[i].in, (int)out.n, (char *)out.p, cases[i].out);
		buf_fini(&out);
	}
}

static void
count(void *self, const struct mailbox *m)
{
	size_t *bytes = self;

	*bytes += m->name.n + m->address.n + m->group.n;
}

/* Nothing nests on the stack, and nothing is read again and again. */
static void
test_linear(void **state)
{
	static const char *const units[] = { "(", "((a)", "\"", "\"a\\\"", "<", "<@", "[", "a@b ", "\\(", ":", "a:", "(a)" };

	(void)state;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		struct buf in;
		size_t bytes = 0;

		buf_init(&in, MiB);
		while (!in.full)
			buf_add(&in, slice_of(units[i]));
		address_parse(buf_slice(&in), count, &bytes);
		assert_true(bytes <= 4 * MiB);
		buf_fini(&in);
	}
}

static void
test_nested_comment(void **state)
{
	struct buf in, out;

	(void)state;
	buf_init(&in, 4 * MiB);
	buf_init(&out, 4 * MiB);
	for (int i = 0; i < 1000000; i++)
		buf_add_byte(&in, '(');
	for (int i = 0; i < 1000000; i++)
		buf_add_byte(&in, ')');
	buf_add(&in, S("<a@b>"));
	address_parse(buf_slice(&in), write_mailbox, &out);
	assert_int_equal(out.n, 2000000 - 2 + 4);
	buf_fini(&in);
	buf_fini(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_linear),
		cmocka_unit_test(test_nested_comment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
