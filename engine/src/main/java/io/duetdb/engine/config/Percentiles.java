package io.duetdb.engine.config;

import io.duetdb.engine.api.Setting;
import java.util.List;
import java.util.Locale;

/** The form of {@code latency-tracking-info-percentiles}: numbers from 0 to 100, shown with at most six digits. */
final class Percentiles implements Setting.Form {
    private static final double MOST = 100;

    @Override
    public String normalise(List<String> words, String present) {
        StringBuilder text = new StringBuilder();
        for (String word : words) {
            double number = number(word);
            if (number < 0 || number > MOST) {
                throw new IllegalArgumentException(
                        "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]");
            }
            text.append(text.length() == 0 ? "" : " ").append(sixDecimals(number));
        }
        return text.toString();
    }

    private static double number(String word) {
        char last = word.isEmpty() ? ' ' : word.charAt(word.length() - 1);
        try {
            if (last > ' ' && last != 'd' && last != 'f' && last != 'D' && last != 'F') { // Java's suffixes
                double number = Double.parseDouble(word);
                if (!Double.isNaN(number)) {
                    return number;
                }
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("Invalid latency-tracking-info-percentiles parameters");
    }

    private static String sixDecimals(double number) {
        String text = String.format(Locale.ROOT, "%.6f", number);
        int end = text.length();
        while (text.charAt(end - 1) == '0') {
            end--;
        }
        return text.substring(0, text.charAt(end - 1) == '.' ? end - 1 : end);
    }
}
