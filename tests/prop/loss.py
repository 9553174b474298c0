"""What must hold when any one data segment of a conversation is missing in the capture: law 7, written down."""
import json, struct

ETHERNET, RECORD, FILE = 14, 16, 24
CORE = ('mail_from', 'recipients', 'transfer', 'status', 'stage', 'reply', 'queue_id', 'size', 'sha256', 'whole', 'missing_bytes', 'subject')


def segments(pcap):
	"""The data segments of the one connection in a talk's capture (Ethernet, IPv4): for C and S, where each begins and ends."""
	isn, out, at = {}, {'C': [], 'S': []}, FILE
	while at < len(pcap):
		length, = struct.unpack_from('<I', pcap, at + 8)
		ip = pcap[at + RECORD + ETHERNET:at + RECORD + length]
		at += RECORD + length
		tcp = ip[(ip[0] & 15) * 4:struct.unpack_from('>H', ip, 2)[0]]
		port, _, seq = struct.unpack_from('>HHI', tcp)
		data = len(tcp) - (tcp[12] >> 4) * 4
		if tcp[13] & 2:
			isn[port] = 'S' if isn else 'C', seq + 1
		elif data > 0:
			side, first = isn[port]
			out[side].append(((seq - first) & 0xffffffff, ((seq - first) & 0xffffffff) + data))
	return out


def records(said, kind):
	return [record for record in map(json.loads, said['json'].decode().splitlines()) if record['type'] == kind]


def places(events):
	"""For each message, in order: where its commands and content, its content alone, and its replies stand."""
	client, content, server = {}, {}, {}
	for event in map(json.loads, events.decode().splitlines()):
		end = event.get('offset', 0) + event.get('length', 0)
		if event['type'] == 'command' and event['verb'] == 'MAIL':
			client[event['mail']] = event['offset']
		elif event['type'] == 'mail-end':
			content[event['mail']] = event['offset'], end
		elif event['type'] == 'reply' and 'mail' in event:
			server.setdefault(event['mail'], [event['offset'], end])[1] = end
	return [{'C': (client[mail], content[mail][1]), 'content': content[mail], 'S': server[mail]} for mail in sorted(client)]


def common(one, other):
	return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def check_message(side, lost, place, want, got, fail):
	"""One message that `lost` speaks of; `got` is what is told of it now."""
	missing = common(lost, place['content']) if side == 'C' else 0
	if missing and (got['whole'] or 'sha256' in got):
		raise fail('%d bytes of %s are missing, and it is called whole' % (missing, want['mail_from']))
	if missing and want['transfer'] == 'DATA' and got['missing_bytes'] != missing:
		raise fail('of %s %d bytes are missing, not %d' % (want['mail_from'], missing, got['missing_bytes']))
	if got['whole'] and got['sha256'] != want['sha256']:
		raise fail('%s is called whole, and is another one' % want['mail_from'])
	if side == 'S' and (not got['whole'] or got['status'] not in (want['status'], 'unknown')):
		raise fail('%s: replies are missing, now it is %s' % (want['mail_from'], got['status']))
	if side == 'C' and want['transfer'] == 'DATA' and any(got.get(key) != want.get(key) for key in ('status', 'reply')):
		raise fail('%s: its reply is there, now it is %s' % (want['mail_from'], got['status']))


def check(side, lost, place, want, said, fail):
	"""`want` and `place` are the messages, and where they stand, of the whole capture; `said` is of the one without `lost`."""
	length = lost[1] - lost[0]
	sessions, messages = records(said, 'session'), records(said, 'message')
	if [s['tcp']['missing_bytes'] for s in sessions] != [{'client': length * (side == 'C'), 'server': length * (side == 'S')}]:
		raise fail('%d bytes are missing, not %s' % (length, [s['tcp']['missing_bytes'] for s in sessions]))
	if len(messages) != len(want):
		raise fail('%d messages, not %d' % (len(messages), len(want)))
	for where, before, now in zip(place, want, messages):
		if common(lost, where[side]):
			check_message(side, lost, where, before, now, fail)
		elif any(before.get(key) != now.get(key) for key in CORE):
			raise fail('%s lost nothing, but %s' % (before['mail_from'],
			    ', '.join('%s: %s, was %s' % (key, now.get(key), before.get(key)) for key in CORE if before.get(key) != now.get(key))))
