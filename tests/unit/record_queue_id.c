/* Queue ids out of the replies of real servers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "record/queue_id.h"

static const struct { const char *text, *id; } replies[] = {
	{ "Ok: queued as 4F1D2", "4F1D2" },
	{ "from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 4XyZ0b12qwz", "4XyZ0b12qwz" },
	{ "Ok: queued as ABCDEFAB", "ABCDEFAB" },
	{ "OK id=1r2Abc-0001Xy-2Z", "1r2Abc-0001Xy-2Z" },
	{ "3ALIT1ab012345 Message accepted for delivery", "3ALIT1ab012345" },
	{ "9e1b2c3d Message accepted for delivery", "9e1b2c3d" },
	{ "12345678 message accepted for delivery", "12345678" },
	{ "<a@b.example> [InternalId=1234567890123, Hostname=X.example] 1024 bytes in 0.1, 10 KB/sec Queued mail for delivery",
	  "1234567890123" },
	{ "ok 1234567890 qp 12345", "12345" },
	{ "OK  1700000000 a1-20020a170902c1d1.12 - gsmtp", "a1-20020a170902c1d1.12" },
	{ "Message Queued (6F3D7C5A-1B2C-4D5E.1)", "6F3D7C5A-1B2C-4D5E.1" },
	{ "<bob@example.net> 0GyqBq1XYmVPDAAA Saved", "0GyqBq1XYmVPDAAA" },
	{ "Ok 0100018bcf1e2d3c-aaaabbbb-cccc-000000", "0100018bcf1e2d3c-aaaabbbb-cccc-000000" },
	{ "OK 4A/12-12345-ABCDEF65", "4A/12-12345-ABCDEF65" },
	{ "ok:  Message 12345678 accepted", "12345678" },
	{ "Ok. 00000000ABCDEF.4567", "00000000ABCDEF.4567" },
	{ "Message queued with id 17a3b.", "17a3b" },
	{ "Ok", NULL },
	{ "OK: queued as spam", NULL },
	{ "Message accepted for delivery", NULL },
	{ "2.0.0 Ok", NULL },
	{ "Queued mail for delivery", NULL },
	{ "ok dirdel", NULL },
	{ "", NULL },
};

static void
table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof replies / sizeof replies[0]; i++) {
		slice id = queue_id_find(slice_of(replies[i].text));

		if (replies[i].id == NULL ? id.p != NULL : !slice_eq(id, slice_of(replies[i].id)))
			fail_msg("%s: got \"%.*s\"", replies[i].text, (int)id.n, (const char *)id.p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(table) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
