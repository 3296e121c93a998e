dnl virus-milter for sendmail.mc, after the FEATUREs and before MAILER:
dnl
dnl     include(`/etc/mail/m4/virus-milter.m4')dnl
dnl
dnl sendmail asks the filters in the order of these lines: logger, quota, spam, virus.
dnl F=T: if it is away or fails, answer 451: the client tries again later.
INPUT_MAIL_FILTER(`virus-milter', `S=unix:/run/virus-milter/milter.sock, F=T, T=C:10s;S:30s;R:30s;E:5m')dnl
