# paper.gnuplot : curves by epoch, from columns of paper_tables.py: file, columns (their number), output_file and name
# (accuracy or loss) are given.
# SPDX-License-Identifier: MIT
set terminal svg size 720,420 font "sans-serif,12" background "white"
set output output_file
set datafile missing "?"
set key outside right top
set grid ytics lc rgb "#dddddd"
set xlabel "epoch"
set ylabel name eq "loss" ? "loss on validation, nats" : "accuracy on validation, %"
if (name eq "loss") set yrange [0:*<1.5]
plot for [i = 2:columns] file using 1:i with linespoints pointsize 0.4 linewidth 1.5 title columnheader(i)
