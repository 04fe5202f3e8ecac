#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds what each point of a sweep took at most in memory against a bound."""
import argparse
import json
import sys


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("result", help="result.json of the sweep")
    parser.add_argument("--points", type=int, required=True, help="how many there must be")
    parser.add_argument("--most-mb", type=float, required=True, help="in each, of 1,000,000 bytes")
    args = parser.parse_args()
    with open(args.result, encoding="utf-8") as file:
        peaks = [point["peak_rss_bytes"] / 1e6 for point in json.load(file)["points"]]
    print("peak memory of the points:", ", ".join(f"{peak:.1f} MB" for peak in peaks))
    if len(peaks) != args.points:
        sys.exit(f"{len(peaks)} points where {args.points} were expected")
    if max(peaks) > args.most_mb:
        sys.exit(f"one took more than {args.most_mb:g} MB")


if __name__ == "__main__":
    main()
