/*
 * pcap_loop.c - the yardstick: every packet of a file through libpcap, and
 * nothing done with it.
 */
#include <pcap/pcap.h>
#include <stdio.h>

static void
count(u_char *user, const struct pcap_pkthdr *h, const u_char *bytes)
{
	unsigned long long *total = (unsigned long long *)(void *)user;

	(void)bytes;
	*total += h->caplen;
}

int
main(int argc, char **argv)
{
	char error[PCAP_ERRBUF_SIZE];
	unsigned long long total = 0;
	pcap_t *p = argc == 2 ? pcap_open_offline(argv[1], error) : NULL;

	if (p == NULL)
		return 2;
	pcap_loop(p, -1, count, (u_char *)&total);
	pcap_close(p);
	printf("%llu\n", total);
	return 0;
}
