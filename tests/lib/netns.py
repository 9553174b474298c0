"""Namespaces of a test's own: network, mounts, processes. What happens in them is not seen outside, and nothing is left behind.

	netns.enter()                             # the test begins again in them; lo is up; without root it is skipped
	with netns.Other() as other:              # a second network
		here, there = netns.veth('v0', 'v1', other)
		other.popen(['smtp-sink', ...])
		netns.ip('link', 'del', 'v0')
"""
import os, shutil, subprocess, sys

INSIDE = 'NETNS_INSIDE'
COMMAND = ['unshare', '--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
os.environ['PATH'] += ':/usr/sbin:/sbin'


def skip(why):
	print(why)
	sys.exit(77)


def need(*tools):
	for tool in tools:
		if not shutil.which(tool):
			skip('no ' + tool)


def enter(*tools):
	"""Returns inside of the namespaces. A test that is killed takes with it all that it started."""
	if INSIDE not in os.environ:
		if os.geteuid() != 0:
			skip('not root: namespaces of the network and captures need it')
		need('unshare', 'nsenter', 'ip', *tools)
		tried = subprocess.run([*COMMAND, 'true'], capture_output=True)
		if tried.returncode != 0:
			skip('no namespaces here: ' + tried.stderr.decode().strip())
		os.environ[INSIDE] = '1'
		os.execvp(COMMAND[0], [*COMMAND, sys.executable, *sys.argv])
	ip('link', 'set', 'lo', 'up')


def ip(*words, check=True):
	return subprocess.run(['ip', *words], check=check, capture_output=True)


class Other:
	"""Another network: a process that sleeps in it keeps it."""
	def __init__(self):
		self.sleeper = subprocess.Popen(['unshare', '--net', 'sh', '-c', 'ip link set lo up; echo; exec sleep 1000'], stdout=subprocess.PIPE)
		self.sleeper.stdout.readline()
		self.pid, self.pairs = str(self.sleeper.pid), []

	def __enter__(self):
		return self

	def __exit__(self, *_):
		self.close()

	def close(self):
		for name in self.pairs:		# at once: what goes with its network goes some time later
			ip('link', 'del', name, check=False)
		self.sleeper.kill()
		self.sleeper.wait()

	def command(self, words):
		return ['nsenter', '-t', self.pid, '-n', '--', *words]

	def run(self, words, **more):
		return subprocess.run(self.command(words), **more)

	def popen(self, words, **more):
		return subprocess.Popen(self.command(words), **more)


def address(n, host, family=4):
	return 'fd77:%d::%d' % (n, host) if family == 6 else '10.77.%d.%d' % (n, host)


def give(name, n, host, run):
	"""Addresses, at once (no detection of duplicates), and up."""
	run(['ip', 'addr', 'add', address(n, host) + '/24', 'dev', name], check=True)
	run(['ip', 'addr', 'add', address(n, host, 6) + '/64', 'dev', name, 'nodad'], check=True)
	run(['ip', 'link', 'set', name, 'up'], check=True)


def veth(here, there, other, n=1):
	"""A pair: `here` with address(n, 1), `there`, in the other network, with address(n, 2). Returns both, IPv4."""
	ip('link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', other.pid)
	other.pairs.append(here)
	give(here, n, 1, subprocess.run)
	give(there, n, 2, other.run)
	return address(n, 1), address(n, 2)


def pair(one, two):
	"""A pair without addresses, both in this network: what leaves by one arrives at two."""
	ip('link', 'add', one, 'type', 'veth', 'peer', 'name', two)
	for name in one, two:
		ip('link', 'set', name, 'up')
