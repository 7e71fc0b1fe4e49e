package io.github.quotaguard.startup;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;

/** A web application with a database, and whatever else is on the class path. Says how long its start took. */
@SpringBootConfiguration
@EnableAutoConfiguration
public class PlainApplication {

    static final String STARTED = "started in milliseconds: ";

    /**
     * Starts it, says how long that took, and ends.
     *
     * @param arguments properties
     */
    public static void main(String[] arguments) {
        SpringApplication application = new SpringApplication(PlainApplication.class);
        application.addListeners((ApplicationListener<ApplicationReadyEvent>)
                ready -> System.out.println(STARTED + ready.getTimeTaken().toNanos() / 1e6));
        application.run(arguments).close();
    }
}
