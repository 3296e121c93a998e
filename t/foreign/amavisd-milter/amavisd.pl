# SPDX-License-Identifier: BSD-2-Clause
# A stand-in for amavisd: takes each request of its policy delegation protocol
# (lines of name=value, then an empty one), adds a header and lets the mail pass.
use strict;
use warnings;
use IO::Socket::UNIX;

my $listener = IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 16) or die "$ARGV[0]: $!";
$SIG{CHLD} = 'IGNORE';
while (my $client = $listener->accept) {
	next if fork;
	while (defined(my $line = <$client>)) {
		next if $line ne "\n" && $line ne "\r\n";
		print $client "version_server=2\nlog_id=1\n",
		    "addheader=X-Amavis-Stand-In seen\nreturn_value=continue\n",
		    "setreply=250 2.5.0 Ok\nexit_code=0\n\n";
		$client->flush;
	}
	exit 0;
}
